package dev.finetune4j.testkit.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs Jazzer on one target in a process of its own, since it instruments classes and ends the process at a finding. It needs {@code
 * com.code-intelligence:jazzer} on the class path of the test.
 *
 * @param exitCode 0 where nothing was found
 * @param output all that it printed
 * @param found inputs that broke the parser, or took it longer than {@value #SECONDS_PER_INPUT} seconds
 * @param learned inputs that took a way through the parser which none before them took, of this run and those before
 */
record JazzerRun(int exitCode, String output, List<Path> found, List<Path> learned) {
    /** An input that takes longer is a finding. */
    static final int SECONDS_PER_INPUT = 10;

    private static final int HEAP_MEGABYTES = 512;
    private static final int MAX_INPUT_BYTES = 1 << 14;

    /** More would cost more time at each start than it finds. */
    private static final String INSTRUMENTED =
            "dev.finetune4j.**:com.fasterxml.jackson.core.json.**:org.snakeyaml.engine.v2.scanner.**";

    /**
     * Looks for inputs.
     *
     * @param target its class has a constructor without arguments
     * @param folder keeps what was learned, for the next run, and what was found
     * @param seeds folder with inputs to begin with
     * @param seconds how long; 0 without end
     * @param inputs how many; -1 without end
     */
    static JazzerRun of(ParserTarget target, Path folder, Path seeds, int seconds, long inputs)
            throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        Path log = folder.resolve("jazzer.log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + HEAP_MEGABYTES + "m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + JazzerMain.class.getName(),
                        "--target_args=" + target.getClass().getName(),
                        "--instrumentation_includes=" + INSTRUMENTED,
                        "--custom_hook_includes=" + INSTRUMENTED,
                        "--reproducer_path=" + folder,
                        "-artifact_prefix=" + folder + "/",
                        "-max_total_time=" + seconds,
                        "-runs=" + inputs,
                        "-timeout=" + SECONDS_PER_INPUT,
                        "-rss_limit_mb=0",
                        "-max_len=" + MAX_INPUT_BYTES,
                        "-use_value_profile=1",
                        "-print_final_stats=1",
                        corpus.toString(),
                        seeds.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int exitCode = process.waitFor();
        List<Path> found = sorted(folder).stream()
                .filter(file -> file.getFileName().toString().matches("(crash|timeout|oom|leak)-.*"))
                .toList();
        return new JazzerRun(exitCode, Files.readString(log, StandardCharsets.ISO_8859_1), found, sorted(corpus));
    }

    private static List<Path> sorted(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
