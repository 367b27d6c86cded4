package dev.finetune4j.worker.pack;

import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A Java runtime with no more than the worker needs, made by the JDK's own {@code jlink}.
 *
 * @param javaHome the JDK that it is made of
 * @param system name and architecture of the system that it runs on, as Java tells them
 */
record TrimmedRuntime(Path javaHome, String system) {
    private static final String NEEDED = "java.base,java.logging,java.management,java.net.http,jdk.unsupported";

    /** What most servers want of a connection; newer Javas have it in {@code java.base}. */
    private static final String CURVES = "jdk.crypto.ec";

    private static final String MODULES =
            ModuleFinder.ofSystem().find(CURVES).isPresent() ? NEEDED + "," + CURVES : NEEDED;

    /** All that containers of clouds run on. */
    private static final String CONTAINERS = "Linux amd64";

    private static final String REMEDY = "sudo apt-get install openjdk-17-jdk-headless";
    private static final String OTHER_REMEDY = "make an image of your own: infra/training-image";

    /** That of the Java which runs this. */
    static TrimmedRuntime ofThisJava() {
        return new TrimmedRuntime(
                Path.of(System.getProperty("java.home")),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    }

    /** Tells runtimes apart. */
    String identity() {
        return System.getProperty("java.vendor") + " " + Runtime.version() + " " + MODULES;
    }

    /** Refuses a machine that can make none. */
    void check() {
        if (!system.equals(CONTAINERS)) {
            throw WorkerProblems.NOT_PACKABLE
                    .error("the worker is packed on Linux on x86-64 only")
                    .because("this is " + system + ", and its Java runtime would not start in a container")
                    .remedy(OTHER_REMEDY)
                    .asException();
        }
        if (!Files.isExecutable(jlink())) {
            throw WorkerProblems.NOT_PACKABLE
                    .error("the Java that runs this has no jlink")
                    .because("there is no " + jlink() + "; a runtime alone (JRE) has none, a JDK has")
                    .remedy(REMEDY)
                    .remedy(OTHER_REMEDY)
                    .asException();
        }
    }

    /** Writes it to a folder that does not exist yet. */
    void write(Path folder) throws IOException {
        check();
        Process jlink = new ProcessBuilder(
                        jlink().toString(),
                        "--add-modules",
                        MODULES,
                        "--strip-java-debug-attributes",
                        "--no-header-files",
                        "--no-man-pages",
                        "--output",
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(jlink.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (jlink.waitFor() == 0) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw WorkerProblems.NOT_PACKABLE
                .error("jlink made no Java runtime")
                .because(said.strip().replace('\n', ' '))
                .remedy(REMEDY)
                .remedy(OTHER_REMEDY)
                .asException();
    }

    private Path jlink() {
        return javaHome.resolve("bin").resolve("jlink");
    }
}
