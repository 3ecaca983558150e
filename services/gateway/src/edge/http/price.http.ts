import { Controller, Inject } from '@nestjs/common';
import type { Price } from '../../outbound/price.ts';
import { routes } from './routes.ts';
import { type Answer, Serve } from './serve.ts';
import { PRICE } from './tokens.ts';

@Controller()
export class PriceHttp {
  constructor(@Inject(PRICE) private readonly price: Price) {}

  @Serve(routes.price)
  async get(): Promise<Answer<typeof routes.price>> {
    return { body: await this.price.latest() };
  }
}
