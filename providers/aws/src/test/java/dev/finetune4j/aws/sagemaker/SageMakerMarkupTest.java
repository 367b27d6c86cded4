package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class SageMakerMarkupTest {
    @Test
    void holdsWhereverBothPricesAreKnown() {
        SageMakerPrices prices = SageMakerPrices.shipped();
        int pairs = 0;
        for (SageMakerPrices.Rate own : prices.training()) {
            for (SageMakerPrices.Rate bare : prices.ec2()) {
                if (own.type().equals(bare.type()) && own.region().equals(bare.region())) {
                    BigDecimal ratio = SageMakerMarkup.of(own.type()).orElseThrow();
                    assertThat(bare.perHour().multiply(ratio).doubleValue())
                            .as(own.toString())
                            .isCloseTo(
                                    own.perHour().doubleValue(),
                                    within(0.003 * own.perHour().doubleValue()));
                    pairs++;
                }
            }
        }

        assertThat(pairs).isGreaterThan(70);
    }

    @Test
    void isNotGuessedForOtherTypes() {
        assertThat(SageMakerMarkup.of("p5en.48xlarge")).isEmpty();
        assertThat(SageMakerMarkup.of("trn1n.32xlarge")).isEmpty();
    }
}
