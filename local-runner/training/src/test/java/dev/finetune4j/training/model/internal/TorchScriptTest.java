package dev.finetune4j.training.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.training.model.internal.TorchScript.Value;
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
}
