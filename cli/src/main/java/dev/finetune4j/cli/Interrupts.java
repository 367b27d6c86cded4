package dev.finetune4j.cli;

import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * Ctrl-C for something else than to end the process. The JDK has signals in {@code sun.misc} only, which javac warns of and not every
 * Java has, so that they are looked for; without them Ctrl-C ends the process.
 */
final class Interrupts {
    private Interrupts() {}

    /** Does some work, and runs {@code action} at each Ctrl-C meanwhile. */
    static void during(Runnable work, Runnable action) {
        Optional<Object> before = handler(action).flatMap(Interrupts::handle);
        try {
            work.run();
        } finally {
            before.ifPresent(Interrupts::handle);
        }
    }

    private static Optional<Object> handler(Runnable action) {
        try {
            Class<?> type = Class.forName("sun.misc.SignalHandler");
            return Optional.of(Proxy.newProxyInstance(
                    Interrupts.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    }));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Sets a handler; the one before it, or nothing where the system keeps the signal to itself. */
    private static Optional<Object> handle(Object handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Object interrupt = signal.getConstructor(String.class).newInstance("INT");
            return Optional.ofNullable(signal.getMethod("handle", signal, Class.forName("sun.misc.SignalHandler"))
                    .invoke(null, interrupt, handler));
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }
}
