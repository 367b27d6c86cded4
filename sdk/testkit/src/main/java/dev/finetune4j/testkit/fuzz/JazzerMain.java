package dev.finetune4j.testkit.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What Jazzer calls, by these two names, in its own process. */
public final class JazzerMain {
    private static @Nullable ParserTarget target;
    private static @Nullable Path scratch;

    private JazzerMain() {}

    /** Takes the class name of the target. Its seeds are read once, so that loading classes takes none of an input's time. */
    public static void fuzzerInitialize(String[] arguments) throws ReflectiveOperationException, IOException {
        target = Class.forName(arguments[0])
                .asSubclass(ParserTarget.class)
                .getDeclaredConstructor()
                .newInstance();
        scratch = Files.createTempDirectory("fuzz");
        target.seeds().forEach(JazzerMain::fuzzerTestOneInput);
    }

    /** Reads one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (target == null || scratch == null) {
            throw new IllegalStateException("fuzzerInitialize comes first");
        }
        ParserOracle.check(target, input, scratch, ParserOracle.ALLOWED_BYTES_WATCHED);
    }
}
