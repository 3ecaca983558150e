/** What is not done, and why: for whoever asked. `reason` and `status` are those of the gateway's answer. */
export class Refused extends Error {
  readonly status: 400 | 404 | 409;
  readonly reason: Reason;

  constructor(reason: Reason, message: string) {
    super(message);
    this.status = STATUS[reason];
    this.reason = reason;
  }
}

const STATUS = {
  invalid_body: 400,
  lab_unknown: 404,
  run_unknown: 404,
  process_unknown: 404,
  order_unknown: 404,
  /** One lab at a time, and nobody else breaks anything meanwhile: its numbers would be somebody else's doing. */
  lab_running: 409,
  random_running: 409,
  /** Something is broken already: a lab begins with all of it well. */
  not_well: 409,
  /** The process is in no state for it, for example the last replica of its service. */
  not_possible: 409,
} as const satisfies Record<string, 400 | 404 | 409>;

export type Reason = keyof typeof STATUS;
