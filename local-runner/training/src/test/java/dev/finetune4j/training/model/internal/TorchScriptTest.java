package dev.finetune4j.training.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TorchScriptTest {
    @Test
    void closingLetsGoOfEveryValueSinceNoCollectorFindsNativeMemory() {
        TorchRuntime.start(1);
        TorchScript script = TorchScript.load();
        Value made = script.call("vector", 3, TorchScript.FLOAT32);
        Value given = script.floats(new float[] {1, 2}, 2);
        assertThat(made.toFloats()).containsExactly(0, 0, 0);

        script.close();

        assertThatThrownBy(made::toFloats).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(given::toFloats).isInstanceOf(IllegalStateException.class);
    }

    /** Tensors of numbers from Java lie in memory that Java takes back once they are closed, at whatever moment it collects. */
    @Test
    void placesKeepNothingOfWhatTheyWereMadeOf() throws IOException {
        String entry = source("entry.ts.py")
                + "\n  def positions(self: __torch__.M, place: __torch__.layer.Place) -> Tensor:"
                + "\n    return torch.to(place.positions, 6)\n";
        TorchRuntime.start(1);
        try (TorchScript script = TorchScript.load(entry);
                Value table = script.floats(new float[20], 10, 2);
                Value others = script.integers(new int[] {9, 9, 9});
                Value given = script.integers(new int[] {3, 4, 5});
                Value place = script.call("place", given, List.of(table), List.of(table), 0, new int[] {1, 3}, -1L)) {
            script.call("copy", others, given).close();

            try (Value positions = script.call("positions", place)) {
                assertThat(positions.toFloats()).containsExactly(3, 4, 5);
            }
        }
    }

    private static String source(String name) throws IOException {
        try (InputStream in = TorchScript.class.getResourceAsStream("/dev/finetune4j/training/model/script/" + name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
