import { Command } from '@oclif/core';
import { type LoadedConfig, loadConfig } from './config/load-config.js';
import { createLogger, type ProcessLogger } from './output/create-logger.js';
import { printFailure } from './output/failure.js';
import { tellOutputErrors } from './output/tell-output-errors.js';

const LINGER_MS = 200;

/** What every command shares: `--json`, settings from their three sources, and how a failure is told. */
export abstract class AlphaCommand extends Command {
  static override enableJsonFlag = true;

  protected override async init(): Promise<void> {
    await super.init();
    tellOutputErrors(() => this.jsonEnabled());
  }

  protected readonly settings = (flags: Readonly<Record<string, unknown>>): Promise<LoadedConfig> =>
    loadConfig({ flags, env: process.env, folder: process.cwd() });

  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  }

  /** The result, or the error that `check` finds in it. With `--json` the result is told either way: it is the contract. */
  protected checked<Result>(result: Result, check: (result: Result) => void): Result {
    try {
      check(result);
    } catch (error) {
      if (this.jsonEnabled()) this.logJson(result);
      throw error;
    }
    return result;
  }

  protected override async catch(error: Error): Promise<never> {
    const failure = printFailure(error, this.jsonEnabled(), process.env.LOG_LEVEL === 'debug');
    this.exit(failure.exit);
  }
}

/** A command that runs until it is told to stop. Its logs are its output: the report is the last line. */
export abstract class ProcessCommand extends AlphaCommand {
  protected logger(level: string): Promise<ProcessLogger> {
    return createLogger({ level, to: 'stdout', ...(this.jsonEnabled() && { pretty: false }) });
  }

  /**
   * The report, once everything is closed and logged. Null says that the process was stopped before it had started: it ends
   * here, without those it asked and who never answered.
   */
  protected async served<Report>(logger: ProcessLogger, serving: Promise<Report | null>): Promise<Report | null> {
    const report = await serving.finally(() => logger.flush());
    if (report === null) process.exit(0);
    // Everything is closed. A timer that a client keeps for a connection it lost is not worth waiting for.
    setTimeout(() => process.exit(), LINGER_MS).unref();
    return report;
  }

  override logJson(): void {}
}
