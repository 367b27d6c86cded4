package dev.finetune4j.worker.pack;

import dev.finetune4j.spi.WorkerEngine;
import dev.finetune4j.spi.WorkerPackage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** The engine on transformers and PEFT: {@code start} and its Python files, some dozens of kilobytes. All else comes with the image. */
final class PeftContent implements ArchiveContent {
    private static final String FOLDER = "/dev/finetune4j/worker/" + WorkerEngine.PEFT + "/";

    /** A jar does not tell what is in one of its folders. */
    private static final List<String> FILES = List.of(
            WorkerPackage.START,
            "finetune4j_peft/__init__.py",
            "finetune4j_peft/__main__.py",
            "finetune4j_peft/answers.py",
            "finetune4j_peft/batches.py",
            "finetune4j_peft/check.py",
            "finetune4j_peft/checkpoints.py",
            "finetune4j_peft/choosing.py",
            "finetune4j_peft/classifier.py",
            "finetune4j_peft/decoder.py",
            "finetune4j_peft/draws.py",
            "finetune4j_peft/durable.py",
            "finetune4j_peft/events.py",
            "finetune4j_peft/metrics.py",
            "finetune4j_peft/models.py",
            "finetune4j_peft/packed.py",
            "finetune4j_peft/predictions.py",
            "finetune4j_peft/problems.py",
            "finetune4j_peft/ranks.py",
            "finetune4j_peft/recipe.py",
            "finetune4j_peft/sharing.py",
            "finetune4j_peft/site.py",
            "finetune4j_peft/speaking.py",
            "finetune4j_peft/training.py");

    @Override
    public String digest() throws IOException {
        MessageDigest sum = WorkerArchive.sha256();
        for (String file : FILES) {
            WorkerContent.add(sum, file, content(file));
        }
        return HexFormat.of().formatHex(sum.digest());
    }

    @Override
    public void layOut(Path folder) throws IOException {
        for (String name : FILES) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.resolve("..").normalize());
            Files.write(file, content(name));
        }
        Path start = folder.resolve(WorkerPackage.START);
        if (!start.toFile().setExecutable(true)) {
            throw new IOException(start + " cannot be made executable");
        }
    }

    private static byte[] content(String file) throws IOException {
        try (InputStream bytes = PeftContent.class.getResourceAsStream(FOLDER + file)) {
            if (bytes == null) {
                throw new IOException("there is no " + FOLDER + file + " on the class path");
            }
            return bytes.readAllBytes();
        }
    }
}
