import { Controller, Inject } from '@nestjs/common';
import { Failure } from '@seams/call';
import type { Principal } from '@seams/contracts';
import type { LabRunner } from '../../outbound/lab-runner.ts';
import { routes } from './routes.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { LAB_RUNNER } from './tokens.ts';

/** Labs, breakage and what onlookers see in the stores: read by their schemas on the way out, so that what the document promises is what is answered. */
@Controller()
export class LabsHttp {
  constructor(@Inject(LAB_RUNNER) private readonly labRunner: LabRunner) {}

  @Serve(routes.listLabs)
  async list({ ctx, principal }: Asked<typeof routes.listLabs>): Promise<Answer<typeof routes.listLabs>> {
    onlyOperators(principal);
    return { body: routes.listLabs.reply.parse(await this.labRunner.ask(ctx, { method: 'GET', path: '/labs' })) };
  }

  @Serve(routes.runLab)
  async run({ ctx, principal, params, body }: Asked<typeof routes.runLab>): Promise<Answer<typeof routes.runLab>> {
    onlyOperators(principal);
    const question = { method: 'POST', path: `/labs/${params.name}/runs`, body } as const;
    return { body: routes.runLab.reply.parse(await this.labRunner.ask(ctx, question)) };
  }

  @Serve(routes.followLab)
  async follow(asked: Asked<typeof routes.followLab>): Promise<Answer<typeof routes.followLab>> {
    const { ctx, principal, params, query } = asked;
    onlyOperators(principal);
    const question = { method: 'GET', path: `/labs/runs/${params.id}?after=${query.after}` } as const;
    return { body: routes.followLab.reply.parse(await this.labRunner.ask(ctx, question)) };
  }

  @Serve(routes.stopLab)
  async stop({ ctx, principal, params }: Asked<typeof routes.stopLab>): Promise<Answer<typeof routes.stopLab>> {
    onlyOperators(principal);
    const question = { method: 'DELETE', path: `/labs/runs/${params.id}` } as const;
    return { body: routes.stopLab.reply.parse(await this.labRunner.ask(ctx, question)) };
  }

  @Serve(routes.listBreakage)
  async broken({ ctx, principal }: Asked<typeof routes.listBreakage>): Promise<Answer<typeof routes.listBreakage>> {
    onlyOperators(principal);
    const question = { method: 'GET', path: '/breakage' } as const;
    return { body: routes.listBreakage.reply.parse(await this.labRunner.ask(ctx, question)) };
  }

  @Serve(routes.breakProcess)
  async breakOne(asked: Asked<typeof routes.breakProcess>): Promise<Answer<typeof routes.breakProcess>> {
    const { ctx, principal, body } = asked;
    onlyOperators(principal);
    const question = { method: 'POST', path: '/breakage', body } as const;
    return { body: routes.breakProcess.reply.parse(await this.labRunner.ask(ctx, question)) };
  }

  @Serve(routes.healAll)
  async heal({ ctx, principal }: Asked<typeof routes.healAll>): Promise<Answer<typeof routes.healAll>> {
    onlyOperators(principal);
    const question = { method: 'DELETE', path: '/breakage' } as const;
    return { body: routes.healAll.reply.parse(await this.labRunner.ask(ctx, question)) };
  }

  @Serve(routes.breakByPlan)
  async plan({ ctx, principal, body }: Asked<typeof routes.breakByPlan>): Promise<Answer<typeof routes.breakByPlan>> {
    onlyOperators(principal);
    const question = { method: 'POST', path: '/breakage/random', body } as const;
    return { body: routes.breakByPlan.reply.parse(await this.labRunner.ask(ctx, question)) };
  }

  @Serve(routes.lookAtOrder)
  async look({ ctx, principal, params }: Asked<typeof routes.lookAtOrder>): Promise<Answer<typeof routes.lookAtOrder>> {
    onlyOperators(principal);
    const question = { method: 'GET', path: `/orders/${params.orderId}/stores` } as const;
    return { body: routes.lookAtOrder.reply.parse(await this.labRunner.ask(ctx, question)) };
  }
}

/** Decided here, for nobody stands behind the lab runner who could: it knows the system, not its users. */
function onlyOperators({ roles }: Principal): void {
  if (!roles.includes('operator'))
    throw new Failure(
      'forbidden',
      'operators_only',
      'Only an operator may break things, run labs and look into the stores.',
    );
}
