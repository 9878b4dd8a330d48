import type { Check } from '../check.js';

export const drawdown: Check = {
  code: 'drawdown',
  applies: 'openings',
  review(_intent, view) {
    const inputs = {
      drawdown: view.drawdown.round(6).toString(),
      maxDrawdown: view.maxDrawdown.toString(),
      stopped: view.drawdownStopped,
    };
    if (!view.drawdownStopped && view.drawdown.lt(view.maxDrawdown)) return { inputs };
    const percent = (value: typeof view.drawdown) => `${value.times(100).round(2)} %`;
    const sentence = `Equity is ${percent(view.drawdown)} below its peak and fell to the limit of ${percent(view.maxDrawdown)}.`;
    return { inputs, denied: `${sentence} Look into it, then send resume.` };
  },
};
