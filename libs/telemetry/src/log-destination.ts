import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { type DestinationStream, pino } from 'pino';

const STDOUT = 1;
/** Some ten thousand lines. Beyond it lines are dropped, never the requests. */
const BACKLOG_BYTES_MAX = 4 * 1024 * 1024;
const RETRY_MS = 50;
/** At the end of the process: a reader that is merely slow gets the rest, one that pauses does not hold up the exit. */
const EXIT_MS_MAX = 200;
const EXIT_STEP_MS = 5;

let dropped = 0;
/** Lines that no reader got, since the process started. */
export const droppedLogLines = (): number => dropped;

/**
 * Writes at once, not by a thread: a killed process loses no line, and a line takes a write instead of two switches between threads
 * and another turn of the event loop, which was 7 % of the CPU of an order (docs/price.md). But a write to a pipe or a terminal waits
 * for its reader, and with it the event loop: whoever pauses reading the log would freeze the service. So those are written without
 * blocking, behind a bounded backlog.
 */
export function stdoutDestination(): DestinationStream {
  const fd = nonBlockingStdout();
  return fd === undefined ? pino.destination({ dest: STDOUT, sync: true }) : new NonBlocking(fd);
}

/** Linux; undefined elsewhere, and for a file, which has no reader to wait for. */
function nonBlockingStdout(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const stdout = fstatSync(STDOUT);
  // A socket can't be opened by its name. Node itself makes it non-blocking when process.stdout is first used.
  if (stdout.isSocket()) return process.stdout.writable ? STDOUT : undefined;
  if (!stdout.isFIFO() && !isatty(STDOUT)) return undefined;
  try {
    // A file description of its own, so that nobody else's writes to the same pipe or terminal change.
    return openSync(`/proc/self/fd/${STDOUT}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined; // another user's terminal, or no /proc: as before
  }
}

class NonBlocking implements DestinationStream {
  readonly #fd: number;
  #backlog: Buffer[] = [];
  #bytes = 0;
  #droppedNow = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(fd: number) {
    this.#fd = fd;
    process.once('exit', () => this.#lastWrites());
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#bytes + bytes.length > BACKLOG_BYTES_MAX) {
      this.#droppedNow += 1;
      dropped += 1;
      return;
    }
    this.#backlog.push(bytes);
    this.#bytes += bytes.length;
    if (this.#timer === undefined) this.#drain();
  }

  /** Writes what the reader takes now, and comes back for the rest. */
  #drain(): void {
    this.#timer = undefined;
    const before = this.#bytes;
    if (this.#emptied()) return;
    const readerReads = this.#bytes < before;
    this.#timer = setTimeout(() => this.#drain(), readerReads ? 1 : RETRY_MS);
    this.#timer.unref();
  }

  #emptied(): boolean {
    for (;;) {
      const [first] = this.#backlog;
      if (first === undefined) {
        if (this.#droppedNow === 0) return true;
        this.#backlog.push(this.#droppedLine());
        continue;
      }
      const written = this.#written(first);
      this.#bytes -= written;
      if (written === first.length) this.#backlog.shift();
      else {
        this.#backlog[0] = first.subarray(written);
        return false;
      }
    }
  }

  #written(bytes: Buffer): number {
    try {
      return writeSync(this.#fd, bytes);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return 0;
      if (code === 'EPIPE' || code === 'ECONNRESET') return bytes.length; // nobody will ever read it
      throw error;
    }
  }

  #droppedLine(): Buffer {
    const lines = this.#droppedNow;
    this.#droppedNow = 0;
    const time = new Date().toISOString();
    const line = Buffer.from(
      `${JSON.stringify({ level: 'warn', time, lines, msg: 'log lines were dropped: their reader paused' })}\n`,
    );
    this.#bytes += line.length;
    return line;
  }

  #lastWrites(): void {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let ms = 0; ms < EXIT_MS_MAX && !this.#emptied(); ms += EXIT_STEP_MS) Atomics.wait(pause, 0, 0, EXIT_STEP_MS);
  }
}
