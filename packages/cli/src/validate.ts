/** `everynode validate`: everything that can be wrong before a run, and nothing is written. */
import { EXIT, type ExitCode } from './exitCodes.ts';
import { findJobs, type JobOptions } from './jobs.ts';
import { countOf, printLine } from './terminal.ts';

export function validateCommand(options: JobOptions): ExitCode {
  const jobs = findJobs(options);
  const files = [...new Set(jobs.map(({ scenario }) => scenario.file))];
  for (const file of files) {
    const own = jobs.filter(({ scenario }) => scenario.file === file);
    printLine(`${file}: valid, ${countOf(own.length, 'run')}`);
    for (const notice of new Set(own.flatMap(({ compiled }) => compiled.notices))) printLine(`  note: ${notice}`);
  }
  return EXIT.pass;
}
