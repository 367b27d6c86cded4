package dev.finetune4j.spi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plays the cloud of one vendor on this machine, for trials without an account; found with ServiceLoader. Until it is told to start it starts
 * nothing, asks nobody and is quick.
 */
public interface CloudPlayer {
    /** The variable by which a played cloud tells where it takes orders: an address of this machine. */
    String CONTROL_VARIABLE = "OFFLINE_CLOUD_CONTROL";

    /** What people call the vendor: lower-case letters and hyphens, different from every other player's. */
    String vendor();

    /** What it plays, for people: a phrase such as "training jobs, storage and logs, at one address". */
    String about();

    /** What people should know before they start it: whole sentences, one an entry. May be empty. */
    List<String> notes();

    /** The account's region where no other is asked for. */
    String usualRegion();

    /** What a folder with a model is taken for: a whole sentence; empty where it takes none. */
    Optional<String> modelUse();

    /** Everything that can be ordered to go wrong. */
    List<Order> orders();

    /** An order as it is sent: one line of JSON, with values as this cloud has them. */
    String exampleOrder();

    /**
     * What {@link #start} would do before anything else and would take long for, such as an installation: a phrase for whoever waits. Empty
     * where it would start at once.
     *
     * @param context whose home is where it would be done
     */
    Optional<String> preparation(ProviderContext context);

    /**
     * Starts the cloud on free ports of the loopback address.
     *
     * @param context keeps what further starts need, too, in its home; jobs have the {@code PATH} of its environment
     * @param folder for files and machines of this start; whoever called removes it once the cloud is closed, or was not started
     * @param region the account's
     * @param model a folder with a model in Hugging Face layout, or null for none; null where {@link #modelUse} is empty
     * @throws dev.finetune4j.error.FineTuneException with what is missing on this machine
     * @throws IOException if no port can be had, or the folder cannot be written
     */
    PlayedCloud start(ProviderContext context, Path folder, String region, @Nullable Path model) throws IOException;

    /**
     * Something that can be ordered to go wrong. It is ordered by a POST to {@link #CONTROL_VARIABLE} of a JSON object, whose {@code do} is the
     * name, with the settings besides; a GET there tells the calls that were made so far.
     *
     * @param subject what it befalls, in one or two words: orders of all clouds that befall the same are shown together
     * @param name its name: lower-case letters and hyphens
     * @param settings names of its settings, separated by commas and "or"; empty where it has none
     */
    record Order(String subject, String name, String settings) {}

    /** A cloud that is played until it is closed. */
    interface PlayedCloud extends AutoCloseable {
        /** Environment variables by which clients find it, {@link #CONTROL_VARIABLE} among them. They open nothing but this cloud. */
        Map<String, String> variables();

        /** For each target that it has, the place of a job file that uses it: one line of YAML, which begins with the target's id. */
        List<String> places();

        /** What else whoever started it should know, a line each. May be empty. */
        List<String> hints();

        /** Ends it with all that runs in it. */
        @Override
        void close();
    }
}
