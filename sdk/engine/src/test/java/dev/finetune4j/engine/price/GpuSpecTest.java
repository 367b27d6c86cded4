package dev.finetune4j.engine.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.price.GpuSpec.Bounds;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GpuSpecTest {
    private static final Gpus A100_40 = new Gpus("A100-40", 8, 40);
    private static final Gpus A100_80 = new Gpus("A100-80-PCIe", 2, 80);
    private static final Gpus H100 = new Gpus("H100-SXM", 1, 80);
    private static final Gpus L4 = new Gpus("L4", 4, 24);
    private static final List<Gpus> ALL = List.of(A100_40, A100_80, H100, L4);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "24GB          | L4",
                "24GB..        | A100-40 A100-80-PCIe H100-SXM L4",
                "40GB..        | A100-40 A100-80-PCIe H100-SXM",
                "40GB..79GB    | A100-40",
                "..40GB        | A100-40 L4",
                "16..40gb      | A100-40 L4",
                "A100          | A100-40 A100-80-PCIe",
                "A100:2        | A100-80-PCIe",
                "A100:1..8     | A100-40 A100-80-PCIe",
                "A100:40GB     | A100-40",
                "A100:40GB:2   | ''",
                "A100,h100     | A100-40 A100-80-PCIe H100-SXM",
                "A100,H100:..2 | A100-80-PCIe H100-SXM",
                "24GB..80GB:4  | L4",
                "4             | L4",
                "4..           | A100-40 L4"
            })
    void takesWhatDstackWrites(String text, String names) {
        assertThat(ALL.stream().filter(GpuSpec.parse(text)).map(Gpus::name).toList())
                .containsExactlyElementsOf(Stream.of(names.split(" ", -1))
                        .filter(name -> !name.isEmpty())
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"A100,H100:40GB..80GB:2..", "2..:A100,H100:40GB..80GB", " 40 GB .. 80GB : 2.. : A100 , H100 "})
    void theOrderOfThePartsIsFree(String text) {
        GpuSpec spec = GpuSpec.parse(text);

        assertThat(spec)
                .isEqualTo(new GpuSpec(List.of("A100", "H100"), new Bounds(40, 80), new Bounds(2, Integer.MAX_VALUE)));
        assertThat(spec).hasToString(GpuSpec.EXAMPLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"A10G", "24GB", "24GB..", "..80GB", "8", "1..8", "..8", "L4,T4:16GB..24GB:4"})
    void isWrittenAsItIsRead(String text) {
        assertThat(GpuSpec.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                | names, memory and count must not be blank, was \"\"",
                "A100:             | names, memory and count must not be blank, was \"A100:\"",
                "A100,:2           | name must not be blank",
                "A100:H100         | names must be said once, such as A100 or A100,H100, was A100:H100",
                "24GB:48GB         | memory must be said once, such as 24GB, 24GB.. or 40GB..80GB, was 24GB:48GB",
                "A100:2:4          | count must be said once, such as 2, 2.. or 1..8, was A100:2:4",
                "24G               | memory must look like 24GB, 24GB.. or 40GB..80GB, was 24G",
                "1.5GB             | memory must look like 24GB, 24GB.. or 40GB..80GB, was 1.5GB",
                "..GB              | memory must look like 24GB, 24GB.. or 40GB..80GB, was ..GB",
                "A100:2,H100:4     | memory must look like 24GB, 24GB.. or 40GB..80GB, was 2,H100",
                "0GB..             | memory must be from 1 to 4096, was 0",
                "9999GB            | memory must be from 1 to 4096, was 9999",
                "80GB..40GB        | a range must not end below its beginning, was 80..40",
                "A100:0            | count must be from 1 to 1024, was 0",
                "A100:2000         | count must be from 1 to 1024, was 2000",
                "A100:99999999999  | count must look like 2, 2.. or 1..8, was 99999999999",
                "A100:-1           | count must look like 2, 2.. or 1..8, was -1",
                "A100:2-4          | count must look like 2, 2.. or 1..8, was 2-4",
                "A100:..           | count must look like 2, 2.. or 1..8, was ..",
                "A100:1..2..4      | count must look like 2, 2.. or 1..8, was 1..2..4"
            })
    void saysWhatCannotBeRead(String text, String why) {
        assertThatThrownBy(() -> GpuSpec.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(why);
    }

    @Test
    void whatSaysNothingIsNone() {
        assertThatThrownBy(() -> new GpuSpec(List.of(), Bounds.ANY, Bounds.ANY))
                .hasMessage("names, memory or count must be said");
        assertThatThrownBy(() -> new Bounds(0, 0)).hasMessage("a range must not end below its beginning, was 0..0");
    }

    @Test
    void oneOfSeveralIsEnoughForAMachine() {
        OfferFilter filter = new OfferFilter(
                List.of(),
                List.of(),
                List.of(GpuSpec.parse("A100:40GB"), GpuSpec.parse("24GB:2..")),
                OfferFilter.Spot.NEVER,
                null);

        assertThat(ALL.stream().filter(gpus -> filter.test(machine(gpus))).toList())
                .containsExactly(A100_40, L4);
        assertThat(filter.orSpot().gpus()).isEqualTo(filter.gpus());
    }

    private static MachineOffer machine(Gpus gpus) {
        return new MachineOffer(
                new ProviderId("somewhere"), "large", "north", PurchaseTier.ON_DEMAND, gpus, 8, 32, null, null);
    }
}
