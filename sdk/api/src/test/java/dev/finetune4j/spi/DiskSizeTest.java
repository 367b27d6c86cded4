package dev.finetune4j.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DiskSizeTest {
    @Test
    void holdsWhatIsNoLarger() {
        DiskSize disk = new DiskSize("disk", 100);

        assertThat(disk.holds(100_000_000_000L)).isTrue();
        assertThat(disk.holds(100_000_000_001L)).isFalse();
        assertThatThrownBy(() -> new DiskSize("disk", 0)).hasMessageContaining("gigabytes must be");
    }

    @Test
    void isRoundedUpToTens() {
        assertThat(DiskSize.gigabytesFor(0)).isZero();
        assertThat(DiskSize.gigabytesFor(1)).isEqualTo(10);
        assertThat(DiskSize.gigabytesFor(450_000_000_000L)).isEqualTo(450);
        assertThat(DiskSize.gigabytesFor(450_000_000_001L)).isEqualTo(460);
    }
}
