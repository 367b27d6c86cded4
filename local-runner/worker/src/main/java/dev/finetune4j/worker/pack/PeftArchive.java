package dev.finetune4j.worker.pack;

import dev.finetune4j.spi.WorkerEngine;
import dev.finetune4j.spi.WorkerPackage;
import java.nio.file.Path;

/** Packs the engine on transformers and PEFT, which runs on the Python of the image. */
public final class PeftArchive implements WorkerPackage {
    private final WorkerArchive archive = new WorkerArchive(new PeftContent());

    @Override
    public String engine() {
        return WorkerEngine.PEFT;
    }

    @Override
    public String digest() {
        return archive.digest();
    }

    @Override
    public Path archive(Path cache) {
        return archive.archive(cache);
    }
}
