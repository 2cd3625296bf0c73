import type { StackLanguage } from "../../../src/fingerprint/stacks/parse-any-stack.ts";

export interface Sample {
  readonly what: string;
  readonly language: StackLanguage;
  readonly text: string;
  readonly type: string | undefined;
  readonly message: string | undefined;
  /** What a fingerprint takes of the frames of the team's own code, innermost first. */
  readonly own: readonly string[];
  readonly causes?: readonly string[];
  readonly template: string;
  /** Parts that make it another bug when they change. */
  readonly others: readonly (readonly [from: string, to: string])[];
}

export const SAMPLES: readonly Sample[] = [
  {
    what: "a Go panic",
    language: "go",
    text: `2026/11/23 08:00:00 starting
panic: runtime error: index out of range [5] with length 3

goroutine 17 [running]:
main.(*Cart).Total(...)
	/app/shop/cart.go:4
main.main.func1(0xc000012345, {0x4ad760?, 0x4d3e18?})
	/app/shop/main.go:9 +0x2fd
github.com/acme/shop/internal/orders.Sum[...](0xc0000b4018)
	/app/shop/internal/orders/sum.go:9 +0x1d
github.com/go-chi/chi/v5.(*Mux).ServeHTTP(0xc0000b4018)
	/go/pkg/mod/github.com/go-chi/chi/v5@v5.0.12/mux.go:90 +0x310
net/http.(*conn).serve(0xc0000b4018, {0x7b1c40, 0xc000012345})
	/usr/local/go/src/net/http/server.go:2009 +0x5f4
created by net/http.(*Server).Serve in goroutine 1
	/usr/local/go/src/net/http/server.go:3285 +0x4b4

goroutine 1 [IO wait]:
main.other()
	/app/shop/other.go:1 +0x1d
exit status 2`,
    type: "runtime.Error",
    message: "runtime error: index out of range [5] with length 3",
    own: ["main.(*Cart).Total", "main.main", "orders.Sum"],
    template: "runtime.Error: runtime error index out of range with length at main.(*Cart).Total",
    others: [
      ["index out of range [5] with length 3", "invalid memory address or nil pointer dereference"],
      ["(*Cart).Total", "(*Cart).Count"],
    ],
  },
  {
    what: "a Go panic in a deferred function, with the place that raised it below",
    language: "go",
    text: `2026/11/23 08:00:00 http: panic serving 127.0.0.1:5000: no order 17
goroutine 7 [running]:
net/http.(*conn).serve.func1()
	/usr/local/go/src/net/http/server.go:1898 +0xbe
panic({0x6a2b40?, 0xc0000b4018?})
	/usr/local/go/src/runtime/panic.go:770 +0x132
main.(*Server).handle-fm(0xc0000b4018)
	/app/shop/server.go:10 +0x1d`,
    type: "panic",
    message: "no order 17",
    own: ["main.(*Server).handle"],
    template: "panic: no order at main.(*Server).handle",
    others: [["no order", "late order"]],
  },
  {
    what: "a Go deadlock",
    language: "go",
    text: `fatal error: all goroutines are asleep - deadlock!

goroutine 1 [sync.Mutex.Lock]:
internal/sync.(*Mutex).Lock(...)
	/usr/local/go/src/internal/sync/mutex.go:70
main.main()
	/app/shop/main.go:15 +0x1d4`,
    type: "runtime.fatalError",
    message: "all goroutines are asleep - deadlock!",
    own: ["main.main"],
    template: "runtime.fatalError: all goroutines are asleep deadlock at main.main",
    others: [["all goroutines are asleep - deadlock!", "concurrent map writes"]],
  },
  {
    what: "a stack of zap or pkg/errors, without header",
    language: "go",
    text: `main.load
	/app/shop/main.go:12
github.com/acme/shop/v2/cart.(*Cart).Total.func1.2
	/app/shop/cart/cart.go:3
runtime.main
	/usr/local/go/src/runtime/proc.go:250`,
    type: undefined,
    message: undefined,
    own: ["main.load", "cart.(*Cart).Total"],
    template: "error without message at main.load",
    others: [["main.load", "main.save"]],
  },
  {
    what: "a chained Python traceback",
    language: "python",
    text: `ERROR:root:could not load
Traceback (most recent call last):
  File "/app/shop/cart.py", line 3, in parse
    return json.loads(x)
           ^^^^^^^^^^^^^
  File "/usr/local/lib/python3.12/json/decoder.py", line 337, in decode
    obj, end = self.raw_decode(s, idx=_w(s, 0).end())
json.decoder.JSONDecodeError: Expecting value: line 1 column 2 (char 1)

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/shop/main.py", line 11, in <module>
    load("{")
  File "/app/shop/orders/__init__.py", line 8, in load
    raise OrderError("order 17 is bad") from e
  File "/app/.venv/lib/python3.12/site-packages/acme/x.py", line 8, in check
    raise OrderError("order 17 is bad") from e
shop.errors.OrderError: order 17 is bad
for a reason`,
    type: "shop.errors.OrderError",
    message: "order 17 is bad\nfor a reason",
    own: ["load (orders)", "main"],
    causes: ["json.decoder.JSONDecodeError: Expecting value: line 1 column 2 (char 1)"],
    template: "shop.errors.OrderError: order is bad for a reason at load (orders)",
    others: [
      ["order 17 is bad\n", "order 17 is late\n"],
      ["in load", "in fetch"],
    ],
  },
  {
    what: "a Python exception group",
    language: "python",
    text: `  + Exception Group Traceback (most recent call last):
  |   File "/app/shop/chain.py", line 16, in run
  |     raise ExceptionGroup("many", [ValueError("a"), TypeError("b")])
  | ExceptionGroup: many (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/shop/chain.py", line 1, in inner
    | ValueError: a
    +------------------------------------`,
    type: "ExceptionGroup",
    message: "many (2 sub-exceptions)",
    own: ["run (chain)"],
    template: "ExceptionGroup: many at run (chain)",
    others: [["in run", "in walk"]],
  },
  {
    what: "a Python traceback that was cut off at death",
    language: "python",
    text: `Traceback (most recent call last):
  File "/app/shop/cart.py", line 3, in total
    return [x for x in`,
    type: undefined,
    message: undefined,
    own: ["total (cart)"],
    template: "error without message at total (cart)",
    others: [["in total", "in count"]],
  },
  {
    what: "a Java exception with causes, generated frames and one that was suppressed",
    language: "java",
    text: `Exception in thread "main" com.acme.OrderException: cannot load order 17
	at com.acme.Cart$$SpringCGLIB$$0.load(<generated>)
	at com.acme.Cart.load(Cart.java:5)
	at com.acme.Cart$$Lambda$14/0x0000000800c03000.accept(Unknown Source)
	at com.acme.Main.lambda$main$1(Main.java:8)
	at java.base/java.lang.Iterable.forEach(Iterable.java:75)
	at com.acme.Main.main(Main.java:8)
	Suppressed: java.io.IOException: close failed
		at com.acme.Pool.close(Pool.java:3)
	Caused by: java.lang.Error: below the suppressed one
		at com.acme.Pool.close(Pool.java:4)
Caused by: java.lang.NumberFormatException: For input string: "y"
	at java.base/java.lang.Integer.parseInt(Integer.java:668)
	at com.acme.Parser$1.parse(Parser.java:4) ~[app.jar!/:1.0]
	... 5 more`,
    type: "com.acme.OrderException",
    message: "cannot load order 17",
    own: ["load (com.acme.Cart)", "lambda$main (com.acme.Main)", "main (com.acme.Main)"],
    causes: ['java.lang.NumberFormatException: For input string: "y"'],
    template: "java.lang.NumberFormatException: for input string at parse (com.acme.Parser)",
    others: [
      ["NumberFormatException: For", "IllegalStateException: For"],
      ["parse(", "read("],
    ],
  },
  {
    what: "a Java exception below the line of its logger, as logback prints it",
    language: "java",
    text: `2026-11-23 08:00:00.000 ERROR 1 --- [nio-8080-exec-1] c.acme.Cart : failed with java.lang.RuntimeException
java.lang.NullPointerException: Cannot invoke "String.length()" because "s" is null
	at com.acme.shop.Cart.total(Cart.java:10) ~[app.jar!/:1.0]
	at jdk.internal.reflect.GeneratedMethodAccessor45.invoke(Unknown Source) ~[na:na]
	at org.springframework.web.X.doInvoke(X.java:255) ~[spring-web-6.1.jar!/:6.1]
	... 12 common frames omitted`,
    type: "java.lang.NullPointerException",
    message: 'Cannot invoke "String.length()" because "s" is null',
    own: ["total (com.acme.shop.Cart)"],
    template:
      "java.lang.NullPointerException: cannot invoke because is null at total (com.acme.shop.Cart)",
    others: [["Cart.total", "Cart.count"]],
  },
  {
    what: "a Kotlin exception",
    language: "java",
    text: `java.lang.IllegalArgumentException: bad order 17
	at shop.MainKt$main$1$2.invokeSuspend(Main.kt:12)
	at kotlin.coroutines.jvm.internal.BaseContinuationImpl.resumeWith(ContinuationImpl.kt:33)`,
    type: "java.lang.IllegalArgumentException",
    message: "bad order 17",
    own: ["invokeSuspend (shop.MainKt$main)"],
    template: "java.lang.IllegalArgumentException: bad order at invokeSuspend (shop.MainKt$main)",
    others: [["bad order", "late order"]],
  },
  {
    what: "a .NET exception with an inner one",
    language: "dotnet",
    text: `Unhandled exception. System.InvalidOperationException: top order 17
 ---> System.NullReferenceException: Object reference not set to an instance of an object.
   at Acme.Cart.Total(Int32 id) in /app/shop/Cart.cs:line 10
   at Acme.Cart.<TotalAsync>d__5.MoveNext() in /app/shop/Cart.cs:line 20
--- End of stack trace from previous location ---
   at System.Runtime.CompilerServices.TaskAwaiter\`1.GetResult()
   --- End of inner exception stack trace ---
   at Acme.Shop.<>c__DisplayClass1_0.<Run>b__0(List\`1 x) in /app/shop/Shop.cs:line 5
   at Acme.Shop..ctor(Int32 x)`,
    type: "System.InvalidOperationException",
    message: "top order 17",
    own: ["Run (Acme.Shop)", "ctor (Acme.Shop)"],
    causes: [
      "System.NullReferenceException: Object reference not set to an instance of an object.",
    ],
    template:
      "System.NullReferenceException: object reference not set to an instance of an object at Total (Acme.Cart)",
    others: [["Acme.Cart.Total(", "Acme.Cart.Count("]],
  },
  {
    what: "an uncaught PHP exception",
    language: "php",
    text: `PHP Fatal error:  Uncaught App\\Exceptions\\OutOfStock: no shoe 17 in /app/shop/src/Cart.php:10
Stack trace:
#0 /app/shop/src/Shop.php(12): App\\Cart->total(1)
#1 /app/shop/vendor/slim/App.php(3): App\\Shop::{closure:App\\Shop::run():12}(Object(App\\Cart), Array)
#2 [internal function]: Slim\\App->run()
#3 {main}
  thrown in /app/shop/src/Cart.php on line 10`,
    type: "App\\Exceptions\\OutOfStock",
    message: "no shoe 17",
    own: ["App\\Cart->total", "{closure} (Shop)"],
    template: "App\\Exceptions\\OutOfStock: no shoe at App\\Cart->total",
    others: [
      ["no shoe", "late shoe"],
      ["Cart->total", "Cart->count"],
    ],
  },
  {
    what: "a PHP exception with a previous one, which PHP prints first",
    language: "php",
    text: `PHP Fatal error:  Uncaught LogicException: first 17 in /app/shop/a.php:3
Stack trace:
#0 /app/shop/b.php(9): parse('x')
#1 {main}

Next RuntimeException: second in /app/shop/a.php:5
Stack trace:
#0 {main}
  thrown in /app/shop/a.php on line 5`,
    type: "RuntimeException",
    message: "second",
    own: ["a"],
    causes: ["LogicException: first 17"],
    template: "LogicException: first at parse (a)",
    others: [["first 17", "other 17"]],
  },
  {
    what: "a PHP error in the log of Laravel",
    language: "php",
    text: `[2026-11-23 08:00:00] production.ERROR: Undefined variable $x {"exception":"[object] (ErrorException(code: 0): Undefined variable $x at /app/shop/app/OrderController.php:21)
[stacktrace]
#0 /app/shop/vendor/laravel/HandleExceptions.php(255): Illuminate\\\\Foundation\\\\HandleExceptions->handleError(2, 'Undefined varia...')
#1 /app/shop/app/OrderController.php(21): Illuminate\\\\Foundation\\\\HandleExceptions->{closure}(2)
#2 /app/shop/vendor/laravel/Controller.php(54): App\\\\Http\\\\OrderController->show('17')
#3 {main}
"}`,
    type: "ErrorException",
    message: "Undefined variable $x",
    own: ["App\\Http\\OrderController->show"],
    template: "ErrorException: undefined variable x at App\\Http\\OrderController->show",
    others: [["->show", "->list"]],
  },
  {
    what: "a Ruby exception with its cause",
    language: "ruby",
    text: `/app/shop/lib/cart.rb:10:in 'Cart#total': no shoes 17 (Shop::OutOfStock)
	from /app/shop/lib/shop.rb:3:in 'block (2 levels) in Shop#run'
	from /usr/local/lib/ruby/3.4.0/set.rb:501:in 'Array#each'
	from /app/shop/main.rb:1:in '<main>'
/app/shop/lib/cart.rb:8:in 'Integer#/': divided by 0 (ZeroDivisionError)
	from /app/shop/lib/cart.rb:8:in 'Cart#total'`,
    type: "Shop::OutOfStock",
    message: "no shoes 17",
    own: ["total (cart)", "run (shop)", "main"],
    causes: ["ZeroDivisionError: divided by 0"],
    template: "Shop::OutOfStock: no shoes at total (cart)",
    others: [
      ["no shoes", "late shoes"],
      ["Cart#total': no", "Cart#count': no"],
    ],
  },
  {
    what: "an exception in the log of Rails",
    language: "ruby",
    text: `F, [2026-11-23T08:00:00.000000 #1] FATAL -- : [abc] NoMethodError (undefined method 'x' for nil):
F, [2026-11-23T08:00:00.000000 #1] FATAL -- : [abc]
F, [2026-11-23T08:00:00.000000 #1] FATAL -- : [abc] app/controllers/orders_controller.rb:12:in 'OrdersController#show'`,
    type: "NoMethodError",
    message: "undefined method 'x' for nil",
    own: ["show (orders_controller)"],
    template: "NoMethodError: undefined method for nil at show (orders_controller)",
    others: [["#show", "#list"]],
  },
  {
    what: "a Rust panic with a backtrace",
    language: "rust",
    text: `thread 'main' (123) panicked at src/cart.rs:2:5:
index out of bounds: the len is 3 but the index is 17
stack backtrace:
   0: rust_begin_unwind
             at /rustc/abc/library/std/src/panicking.rs:645:5
   1: core::panicking::panic_fmt
             at /rustc/abc/library/core/src/panicking.rs:72:14
   2: shop::cart::total::{{closure}}
             at ./src/cart.rs:2:5
note: Some details are omitted`,
    type: "panic",
    message: "index out of bounds: the len is 3 but the index is 17",
    own: ["shop::cart::total"],
    template: "panic: index out of bounds the len is but the index is at shop::cart::total",
    others: [["cart::total", "cart::count"]],
  },
  {
    what: "a Rust panic without one",
    language: "rust",
    text: `thread 'tokio-runtime-worker' panicked at src/cart.rs:2:5:
called \`Option::unwrap()\` on a \`None\` value
note: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace`,
    type: "panic",
    message: "called `Option::unwrap()` on a `None` value",
    own: ["cart"],
    template: "panic: called on a value at cart",
    others: [["src/cart.rs", "src/shop.rs"]],
  },
  {
    what: "an error of Node below the line of a logger",
    language: "javascript",
    text: `2026-11-23T08:00:00Z error: failed
TypeError: x is not a function
    at total (/app/shop/cart.js:10:5)
    at run (/app/shop/node_modules/express/lib/layer.js:95:5)`,
    type: "TypeError",
    message: "x is not a function",
    own: ["total"],
    template: "TypeError: x is not a function at total (cart)",
    others: [["at total", "at count"]],
  },
];
