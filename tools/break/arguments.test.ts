import { describe, expect, it } from '@jest/globals';
import { readBreakArguments } from './arguments.ts';

const read = (line: string) => readBreakArguments(line.split(' ').filter(Boolean));

describe('the command line of npm run break', () => {
  it.each([
    ['kill storage-1', { command: 'kill', name: 'storage-1', wait: false }],
    ['kill storage-1 --wait', { command: 'kill', name: 'storage-1', wait: true }],
    ['freeze kafka --for 2.5', { command: 'freeze', name: 'kafka', forMs: 2_500 }],
    ['freeze kafka --for 3 --wait', { command: 'freeze', name: 'kafka', forMs: 3_000, wait: true }],
    ['add storage', { command: 'add', name: 'storage' }],
    ['heal --data elsewhere', { command: 'heal', name: '', data: 'elsewhere' }],
    ['--help', { help: true }],
  ])('reads "%s"', (line, expected) => {
    expect(read(line)).toMatchObject(expected);
  });

  it.each([
    ['', 'say what: kill, freeze, thaw, restart, add, remove, heal, list; --help says what each does'],
    ['smash storage-1', 'there is no "smash": kill, freeze, thaw, restart, add, remove, heal, list'],
    ['kill', 'kill what? name a process, as npm run status shows it'],
    ['add', 'add what? name a service'],
    ['heal storage-1', 'heal takes no name'],
    ['kill storage-1 storage-2', 'one at a time: "storage-2" is too much'],
    ['kill storage-1 --for 3', '--for belongs to freeze'],
    ['freeze storage-1 --wait', 'a frozen process gets ready when it is thawed: --wait needs --for SECONDS'],
    ['add storage --wait', '--wait belongs to kill, freeze, thaw, restart'],
    ['freeze storage-1 --for 0', '--for takes seconds, up to 3600, not "0"'],
    ['freeze storage-1 --for 3601', '--for takes seconds, up to 3600, not "3601"'],
    ['freeze storage-1 --for soon', '--for takes seconds, up to 3600, not "soon"'],
    ['kill storage-1 --hard', "Unknown option '--hard'; --help lists the options"],
  ])('refuses "%s" in one line', (line, message) => {
    expect(() => read(line)).toThrow(expect.objectContaining({ message }));
  });
});
