package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DataSetsTest {
    @Test
    void findsANameAsAWordOfItsOwn() {
        assertThat(DataSets.in("shorter rows in a Colab")).isEmpty();
        assertThat(DataSets.in("GLUE RTE")).isPresent();
    }
}
