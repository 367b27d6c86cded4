package dev.finetune4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Output comes home once, and what is deleted is gone. */
abstract class OutputTopic extends ContractTopic {
    @TempDir
    Path folder;

    OutputTopic(Supplier<ProviderSubject> subjects) {
        super(subjects);
    }

    @Test
    void holdsTheTunedModelOrAReferenceToIt() {
        Submission small = subject().small("output");
        runToEnd(small);

        Path output = provider().fetch(small.id(), folder.resolve("output"));

        Path adapter = output.resolve(WorkOrder.ADAPTER_FOLDER).resolve("adapter_config.json");
        Path model = output.resolve(WorkOrder.MODEL_FOLDER).resolve("config.json");
        Path reference = output.resolve("model-reference.json");
        assertThat(Stream.of(adapter, model, reference).anyMatch(Files::exists))
                .as("%s must hold an adapter, a model or model-reference.json", output)
                .isTrue();
        assertThat(Stream.of(adapter, model).anyMatch(Files::exists))
                .as("%s must hold a tuned model where the place claims to give it, and none where it does not", output)
                .isEqualTo(capabilities().givesModel());
    }

    @Test
    void isTheSameWhenItIsFetchedAgain() throws Exception {
        Submission small = subject().small("again");
        runToEnd(small);
        Path output = provider().fetch(small.id(), folder.resolve("output"));
        Map<String, String> first = listing(output);

        try (Provider another = subject().open()) {
            assertThat(another.fetch(small.id(), folder.resolve("output"))).isEqualTo(output);
        }

        assertThat(listing(output)).isEqualTo(first);
    }

    @Test
    void ofAnUnknownJobIsRefused() {
        assertRefused("fetch of an unknown job", () -> provider().fetch(unknownId(), folder.resolve("none")));
    }

    @Test
    void isGoneAfterDelete() {
        Submission small = subject().small("delete");
        runToEnd(small);

        provider().delete(small.id());

        provider()
                .find(small.id())
                .ifPresent(left -> assertThat(left.state().isTerminal()).isTrue());
        assertRefused("fetch after delete", () -> provider().fetch(small.id(), folder.resolve("deleted")));
    }

    @Test
    void mayBeDeletedTwice() {
        Submission small = subject().small("delete-twice");
        runToEnd(small);

        provider().delete(small.id());
        provider().delete(small.id());

        provider().delete(unknownId());
    }

    @Test
    void ofARunningJobIsNotDeleted() {
        Submission lasting = subject().lasting("delete-running");
        provider().submit(lasting);
        awaitBegin(lasting.id());

        assertRefused("delete of a running job", () -> provider().delete(lasting.id()));

        assertThat(eventsFrom(provider(), lasting.id(), EventPage.START)).isNotEmpty();
        if (capabilities().supportsStop()) {
            provider().stop(lasting.id());
            awaitEnd(lasting.id());
        }
    }

    /** Size and time of change of every file, by name. */
    private static Map<String, String> listing(Path folder) throws IOException {
        Map<String, String> listing = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                listing.put(
                        folder.relativize(file).toString(),
                        Files.size(file) + " bytes at " + Files.getLastModifiedTime(file));
            }
        }
        return listing;
    }
}
