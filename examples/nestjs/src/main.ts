import "reflect-metadata";
import type { IncomingMessage } from "node:http";
import {
  Controller,
  Get,
  Injectable,
  Logger,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  NotFoundException,
  Param,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { identify } from "@sightline/node";

type Order = { readonly id: string; readonly total: number };

@Injectable()
class Orders {
  readonly #orders = new Map<string, Order>([["7", { id: "7", total: 19.9 }]]);

  find(id: string): Order {
    const order = this.#orders.get(id);
    if (order === undefined) throw new NotFoundException(`order "${id}" does not exist`);
    return order;
  }
}

@Controller()
class OrdersController {
  readonly #logger = new Logger(OrdersController.name);
  readonly #orders: Orders;

  constructor(orders: Orders) {
    this.#orders = orders;
  }

  @Get("orders/:id")
  one(@Param("id") id: string): Order {
    const order = this.#orders.find(id);
    this.#logger.log(`order read: ${order.id}`);
    return order;
  }

  @Get("broken")
  broken(): never {
    throw new Error("the till is empty");
  }
}

@Module({ controllers: [OrdersController], providers: [Orders] })
class ShopModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply((request: IncomingMessage, _response: unknown, next: () => void) => {
        // Whoever your sign-in says it is. Only a hash of it ever leaves the process.
        identify(request.headers["x-user"]?.toString());
        next();
      })
      .forRoutes("*path");
  }
}

// Nest's own logger writes past every logging library; given `console`, its lines are captured.
const app = await NestFactory.create(ShopModule, { logger: console });
await app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1");
