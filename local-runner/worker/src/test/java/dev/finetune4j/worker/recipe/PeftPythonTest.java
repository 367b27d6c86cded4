package dev.finetune4j.worker.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.worker.recipe.PeftPython.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of the engine needs no torch, on the Python of this machine. */
class PeftPythonTest {
    @TempDir
    private Path root;

    @Test
    void everyFileCompiles() throws Exception {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(PeftPython.PACKAGE)) {
            files = walk.filter(file -> file.toString().endsWith(".py")).toList();
        }
        assertThat(files).hasSizeGreaterThan(10);
        for (Path file : files) {
            Ended ended = PeftPython.run("-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", file.toString());
            assertThat(ended.exit()).as(file + "\n" + ended.output()).isZero();
        }
    }

    @Test
    void whatNeedsNoTorchDoesAsItSays() throws Exception {
        Ended ended = PeftPython.run("src/test/python/peft_engine_test.py");

        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output()).contains("OK");
    }

    @Test
    void saysWhatAnImageLacks() throws Exception {
        String failure = failureOfTheStart(3, Map.of());

        String install = failure.replaceFirst("(?s).* -m (pip install .*?)    #.*", "$1");
        assertThat(Path.of("../../README.md")).content().contains("python3 -m " + install);
        assertThat(failure)
                .startsWith("FT0675: the image lacks what the engine needs; ")
                .contains("transformers 4.55 or newer is missing")
                .containsPattern(
                        "; try: RUN /\\S+ -m pip install 'torch>=2\\.6' 'transformers>=4\\.55' .*    # a line for the Dockerfile of the image$");
    }

    /** Another machine may have room, and {@code RUN} is the run's id once it is told. */
    @Test
    void saysWhatGoesOnWhereNoFolderCanBeMade() throws Exception {
        Path programs = Files.createDirectory(root.resolve("bin"));
        Path mktemp = Files.writeString(programs.resolve("mktemp"), "#!/bin/sh\nexit 1\n");
        assertThat(mktemp.toFile().setExecutable(true)).isTrue();

        String failure =
                failureOfTheStart(8, Map.of("PATH", programs + ":" + System.getenv("PATH"), "TMPDIR", "/a/full/disk"));

        assertThat(failure).isEqualTo("FT0675: no folder could be made in /a/full/disk; try: finetune resume RUN\n");
    }

    private String failureOfTheStart(int exit, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                "/bin/sh", PeftPython.PACKAGE.resolve("start").toString());
        builder.environment().put("SAGEMAKER_BASE_DIR", root.toString());
        builder.environment().putAll(environment);
        Process start = builder.redirectErrorStream(true)
                .redirectOutput(root.resolve("log").toFile())
                .start();

        assertThat(start.waitFor()).as(Files.readString(root.resolve("log"))).isEqualTo(exit);
        return Files.readString(root.resolve("output/failure"));
    }
}
