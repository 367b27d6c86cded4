package dev.finetune4j.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DiskSizeTest {
    @Test
    void isRoundedUpToTens() {
        assertThat(DiskSize.gigabytesFor(0)).isZero();
        assertThat(DiskSize.gigabytesFor(1)).isEqualTo(10);
        assertThat(DiskSize.gigabytesFor(450_000_000_000L)).isEqualTo(450);
        assertThat(DiskSize.gigabytesFor(450_000_000_001L)).isEqualTo(460);
    }
}
