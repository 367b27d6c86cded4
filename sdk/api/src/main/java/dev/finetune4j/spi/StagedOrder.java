package dev.finetune4j.spi;

import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.WorkOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The order of a job as it lies in a cloud's store, and how it and the job's inputs come there.
 *
 * @param submission the job
 * @param writer turns what the worker is to do into the file that it reads
 */
public record StagedOrder(Submission submission, Function<ContainerOrder, String> writer) {
    /** Where orders lie below a store, in a folder for each run. */
    public static final String FOLDER = "orders/";

    /** Stores a file. */
    @FunctionalInterface
    public interface Storing {
        /**
         * Stores it in place of what lies there.
         *
         * @param name below the store
         */
        void put(String name, byte[] content);
    }

    /** Its folder below the store, with a slash at the end; another order of the same run has another one. */
    public String folder() {
        return FOLDER + submission.id() + "/" + submission.order().digest() + "/";
    }

    private String file() {
        return folder() + ContainerOrder.FILE;
    }

    /**
     * Stores the order and the inputs. The order goes first, since whoever removes what no job needs knows by it that inputs which are there
     * already are about to be needed; and again last, since how long a launch may be under way goes by when it was stored.
     *
     * @param input brings what a channel holds to the store, and tells where it lies there
     * @return where each channel lies, as {@code input} tells it
     */
    public Map<String, String> stage(Storing store, Function<Path, String> input) {
        byte[] content = text().getBytes(StandardCharsets.UTF_8);
        store.put(file(), content);
        Map<String, String> places = inputs(input);
        store.put(file(), content);
        return places;
    }

    /** Where each channel lies, as {@code input} tells it; stores nothing. */
    public Map<String, String> inputs(Function<Path, String> input) {
        Map<String, String> places = new LinkedHashMap<>();
        submission.channels().forEach((name, path) -> places.put(name, input.apply(path)));
        return places;
    }

    /**
     * What {@link #stage} would send.
     *
     * @param write what the cloud calls the call that stores a file
     * @param address of a name below the store
     * @param input the address at which what a channel holds would lie
     */
    public List<PlannedCall> calls(String write, UnaryOperator<String> address, Function<Path, String> input) {
        PlannedCall order = new PlannedCall(write, address.apply(file()), text());
        List<PlannedCall> calls = new ArrayList<>();
        calls.add(order);
        submission
                .channels()
                .forEach((name, path) -> calls.add(
                        new PlannedCall(write, input.apply(path), name + " from " + path + ", what is not there yet")));
        calls.add(order);
        return calls;
    }

    private String text() {
        Map<String, String> files = new LinkedHashMap<>();
        submission.channels().forEach((name, path) -> {
            if (!name.equals(WorkOrder.WORKER_CHANNEL)) {
                files.put(name, fileIn(path));
            }
        });
        return writer.apply(new ContainerOrder(
                submission.id(), submission.model(), submission.order(), files, submission.labels()));
    }

    /** A channel holds one file, or the content of a folder. */
    private static String fileIn(Path path) {
        return Files.isDirectory(path) ? "" : String.valueOf(path.getFileName());
    }
}
