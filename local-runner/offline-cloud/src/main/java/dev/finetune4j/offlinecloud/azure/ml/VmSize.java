package dev.finetune4j.offlinecloud.azure.ml;

import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A kind of machine.
 *
 * @param name such as {@code Standard_NC24ads_A100_v4}
 * @param family whose cores are counted together, such as {@code standardNCADSA100v4Family}
 * @param vCPUs cores of one machine
 * @param memoryGB main memory of one machine
 * @param gpus of one machine
 */
record VmSize(String name, String family, int vCPUs, int memoryGB, int gpus) {
    /** All that there are. */
    static final List<VmSize> ALL = read();

    private static List<VmSize> read() {
        try (InputStream in = Objects.requireNonNull(
                VmSize.class.getResourceAsStream("/dev/finetune4j/offlinecloud/azure/ml/vm-sizes.json"))) {
            return List.of(Json.records().readValue(in, VmSize[].class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one of a name, without regard to the size of letters. */
    static Optional<VmSize> named(String name) {
        return ALL.stream().filter(size -> size.name().equalsIgnoreCase(name)).findFirst();
    }
}
