package dev.finetune4j.worker.folder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** The files in the folder of a job: ticket, status and events. */
public final class JobFolderTarget implements ParserTarget {
    @Override
    public String name() {
        return "job-folder";
    }

    @Override
    public List<byte[]> seeds() {
        return Stream.of(
                        new RunEvent.Resumed(Instant.EPOCH, 3),
                        new RunEvent.StateChanged(Instant.EPOCH, RunState.TRAINING, "begins"),
                        new WorkerStatus(RunState.TRAINING, Instant.EPOCH, null))
                .map(record -> (Json.line(record) + "\n").getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    @SuppressWarnings("EmptyCatch") // the ticket may be refused, the others are passed over
    public void read(byte[] input, Path scratch) throws IOException {
        JobFolder folder = new JobFolder(scratch);
        Files.write(folder.status(), input);
        WorkerStatus.read(folder);
        Files.write(folder.events(), input);
        new EventReader(folder).all();
        Files.write(folder.ticket(), input);
        try {
            JobTicket.read(folder);
        } catch (FineTuneException refused) {
        }
    }
}
