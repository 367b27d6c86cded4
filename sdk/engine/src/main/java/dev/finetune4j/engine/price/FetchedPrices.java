package dev.finetune4j.engine.price;

import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.PriceFact;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Prices that were fetched from one source, as they are kept on this machine.
 *
 * @param fetchedAt when the source was asked last, or null if never
 * @param prices by the id of the offer
 */
record FetchedPrices(@Nullable Instant fetchedAt, Map<String, PriceFact> prices) {
    static final FetchedPrices NONE = new FetchedPrices(null, Map.of());

    FetchedPrices {
        prices = Map.copyOf(prices);
    }

    /** What a file holds; nothing where there is none, or where it is damaged, which {@code problems} then says. */
    static FetchedPrices read(Path file, List<Problem> problems) {
        if (!Files.exists(file)) {
            return NONE;
        }
        try {
            return Json.read(Files.readString(file), FetchedPrices.class);
        } catch (IOException | UncheckedIOException | NullPointerException e) {
            problems.add(PriceProblems.DAMAGED
                    .warning("the fetched prices cannot be read; the table inside finetune is used")
                    .at(Location.of(file.toString()))
                    .build());
            return NONE;
        }
    }

    /**
     * Writes them, over older ones.
     *
     * @throws FineTuneException with FT0501 if that cannot be done
     */
    void write(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        WholeFile.write(file, Json.line(new FetchedPrices(fetchedAt, new TreeMap<>(prices))) + "\n");
    }
}
