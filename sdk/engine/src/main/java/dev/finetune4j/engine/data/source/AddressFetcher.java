package dev.finetune4j.engine.data.source;

import dev.finetune4j.error.FineTuneException;
import java.nio.file.Path;

/** Brings the file of an address that is not on this machine. */
@FunctionalInterface
public interface AddressFetcher {
    /**
     * Fetches the file into an empty folder that is thrown away if anything fails.
     *
     * @param address the address
     * @param folder an empty folder of this fetch's own
     * @param progress hears how it goes on
     * @return the file in that folder, under the name that its ending is to be known by
     * @throws FineTuneException with FT0201, FT0204, FT0205 or FT0243, saying what happened at this address
     */
    Path fetch(SourceAddress address, Path folder, FetchProgress progress);
}
