import { Controller } from '@nestjs/common';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes.ts';
import { type Answer, Serve } from './serve.ts';

@Controller()
export class OpenApiHttp {
  // Made when first asked for: a start does not wait for it.
  private document: ReturnType<typeof openApiDocument> | undefined;

  @Serve(routes.getOpenApi)
  async get(): Promise<Answer<typeof routes.getOpenApi>> {
    this.document ??= openApiDocument();
    return { body: this.document };
  }
}
