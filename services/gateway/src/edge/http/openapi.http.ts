import { Controller, Inject } from '@nestjs/common';
import { openApiDocument, type TimeLimits } from './openapi.ts';
import { routes } from './routes.ts';
import { type Answer, Serve } from './serve.ts';
import { TIME_LIMITS } from './tokens.ts';

@Controller()
export class OpenApiHttp {
  // Made when first asked for: a start does not wait for it.
  private document: ReturnType<typeof openApiDocument> | undefined;

  constructor(@Inject(TIME_LIMITS) private readonly limits: TimeLimits) {}

  @Serve(routes.getOpenApi)
  async get(): Promise<Answer<typeof routes.getOpenApi>> {
    this.document ??= openApiDocument(this.limits);
    return { body: this.document };
  }
}
