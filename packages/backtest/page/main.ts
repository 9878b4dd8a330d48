import type { PageData } from '../src/report/page-data.js';
import { drawCharts } from './charts.js';
import { themeSwitch } from './theme-switch.js';
import { tradeTable } from './trade-table.js';

const data = JSON.parse(document.getElementById('report-data')?.textContent ?? '') as PageData;
const charts = drawCharts(data);
themeSwitch(() => charts?.paint());
tradeTable(data, (trade) => charts?.show(trade));
