import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { LabQuestion, LabRunner } from '../../outbound/lab-runner.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { LAB_RUNNER } from './tokens.ts';

type Asker = Pick<Asked<typeof routes.listLabs>, 'ctx'>;

/** Labs, breakage and what onlookers see in the stores. */
@Controller()
export class LabsHttp {
  constructor(@Inject(LAB_RUNNER) private readonly labRunner: LabRunner) {}

  @Serve(routes.listLabs)
  list(asked: Asked<typeof routes.listLabs>): Promise<Answer<typeof routes.listLabs>> {
    return this.relay(routes.listLabs, asked, { method: 'GET', path: '/labs' });
  }

  @Serve(routes.runLab)
  run(asked: Asked<typeof routes.runLab>): Promise<Answer<typeof routes.runLab>> {
    const { params, body } = asked;
    return this.relay(routes.runLab, asked, { method: 'POST', path: `/labs/${params.name}/runs`, body });
  }

  @Serve(routes.followLab)
  follow(asked: Asked<typeof routes.followLab>): Promise<Answer<typeof routes.followLab>> {
    const path = `/labs/runs/${asked.params.id}?after=${asked.query.after}`;
    return this.relay(routes.followLab, asked, { method: 'GET', path });
  }

  @Serve(routes.stopLab)
  stop(asked: Asked<typeof routes.stopLab>): Promise<Answer<typeof routes.stopLab>> {
    return this.relay(routes.stopLab, asked, { method: 'DELETE', path: `/labs/runs/${asked.params.id}` });
  }

  @Serve(routes.listBreakage)
  broken(asked: Asked<typeof routes.listBreakage>): Promise<Answer<typeof routes.listBreakage>> {
    return this.relay(routes.listBreakage, asked, { method: 'GET', path: '/breakage' });
  }

  @Serve(routes.breakProcess)
  breakOne(asked: Asked<typeof routes.breakProcess>): Promise<Answer<typeof routes.breakProcess>> {
    return this.relay(routes.breakProcess, asked, { method: 'POST', path: '/breakage', body: asked.body });
  }

  @Serve(routes.healAll)
  heal(asked: Asked<typeof routes.healAll>): Promise<Answer<typeof routes.healAll>> {
    return this.relay(routes.healAll, asked, { method: 'DELETE', path: '/breakage' });
  }

  @Serve(routes.breakByPlan)
  plan(asked: Asked<typeof routes.breakByPlan>): Promise<Answer<typeof routes.breakByPlan>> {
    return this.relay(routes.breakByPlan, asked, { method: 'POST', path: '/breakage/random', body: asked.body });
  }

  @Serve(routes.lookAtOrder)
  look(asked: Asked<typeof routes.lookAtOrder>): Promise<Answer<typeof routes.lookAtOrder>> {
    return this.relay(routes.lookAtOrder, asked, { method: 'GET', path: `/orders/${asked.params.orderId}/stores` });
  }

  /** Read by the route's schema on the way out, so that what the document promises is what is answered. */
  private async relay<Reply extends z.ZodType>(
    { reply }: Route & { readonly reply: Reply },
    { ctx }: Asker,
    question: LabQuestion,
  ): Promise<{ body: z.infer<Reply> }> {
    return { body: reply.parse(await this.labRunner.ask(ctx, question)) };
  }
}
