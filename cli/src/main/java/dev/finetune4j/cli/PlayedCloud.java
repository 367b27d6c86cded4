package dev.finetune4j.cli;

import java.util.List;
import java.util.Map;

/** A vendor's cloud that is played on this machine until it is closed. */
interface PlayedCloud extends AutoCloseable {
    /** Variables by which clients find it. */
    Map<String, String> variables();

    /** A place of a job file for each target that it has, as the file has it. */
    List<String> places();

    /** What else whoever started it should know, a line each. */
    List<String> hints();

    /** Ends it with all that runs in it. */
    @Override
    void close();
}
