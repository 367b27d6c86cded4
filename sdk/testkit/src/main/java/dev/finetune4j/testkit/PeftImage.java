package dev.finetune4j.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an image of huggingface-pytorch-training brings, installed into {@code target} in the versions that the bench compares with;
 * {@value #PYTHON} names a Python that has it already.
 *
 * @param bin the folder of its {@code python3}
 * @param sharesWeights whether processes share the weights, however small they are
 */
public record PeftImage(Path bin, boolean sharesWeights) {
    private static final String PYTHON = "peft.python";
    private static final Path VERSIONS = Path.of("bench/python/requirements.txt");
    private static final Set<String> NEEDED =
            Set.of("accelerate", "numpy", "peft", "safetensors", "tokenizers", "torch", "transformers");

    private PeftImage(Path bin) {
        this(bin, false);
    }

    /** The same with processes that share the weights. */
    public PeftImage sharingWeights() {
        return new PeftImage(bin, true);
    }

    /** The image; installed unless an earlier test of the module has done it. */
    public static PeftImage install() throws IOException, InterruptedException {
        String given = System.getProperty(PYTHON);
        if (given != null) {
            return new PeftImage(
                    Path.of(given).toAbsolutePath().resolveSibling("").normalize());
        }
        Path folder = Path.of("target/peft-image").toAbsolutePath();
        List<String> wanted;
        try (Stream<String> lines = Files.lines(PythonInstaller.checkout().resolve(VERSIONS))) {
            wanted = lines.filter(line -> NEEDED.contains(line.replaceFirst("==.*", "")))
                    .toList();
        }
        InstalledOnce.into(folder, wanted, () -> {
            PythonInstaller.makeEnvironment(folder);
            Path requirements = Files.write(folder.resolve("requirements.txt"), wanted);
            PythonInstaller.install(folder.resolve("bin/python3").toString(), requirements, List.of());
        });
        return new PeftImage(folder.resolve("bin"));
    }
}
