package dev.finetune4j.engine.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class PowerLawFitTest {
    private static final double[] ROWS = {100, 200, 400, 800};
    private static final double[] EVEN = {1, 1, 1, 1};

    @Test
    void findsALawAgainThatItsPointsLieOn() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 200; i++) {
            double scale = random.nextDouble(0.01, 0.5);
            double exponent = random.nextDouble(0.06, 1.9);
            double floor = random.nextDouble(0, 0.3);
            PowerLaw real = new PowerLaw(800, scale, exponent, floor);

            PowerLaw found = PowerLawFit.of(ROWS, errors(real::at), EVEN);

            assertThat(found.at(1600)).as("%s found as %s", real, found).isCloseTo(real.at(1600), within(0.002));
        }
    }

    @Test
    void levelsOffAtTheMeanWhereMoreRowsDoNotHelp() {
        PowerLaw flat = PowerLawFit.of(ROWS, new double[] {0.2, 0.2, 0.2, 0.2}, EVEN);
        PowerLaw rising = PowerLawFit.of(ROWS, new double[] {0.1, 0.2, 0.3, 0.4}, EVEN);

        assertThat(flat.at(1600)).isCloseTo(0.2, within(1e-12));
        assertThat(rising.scale()).isZero();
        assertThat(rising.at(1600)).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void neverForeseesAnErrorBelowZero() {
        PowerLaw steep = PowerLawFit.of(ROWS, new double[] {0.9, 0.5, 0.1, 0}, EVEN);

        assertThat(steep.floor()).isNotNegative();
        assertThat(steep.at(1600)).isNotNegative();
    }

    @Test
    void followsThePointsThatAreSurer() {
        double[] errors = {0.4, 0.3, 0.2, 0.5};

        PowerLaw law = PowerLawFit.of(ROWS, errors, new double[] {1000, 1000, 1000, 1});

        assertThat(law.at(400)).isCloseTo(0.2, within(0.02));
    }

    private static double[] errors(DoubleUnaryOperator law) {
        return Arrays.stream(ROWS).map(law).toArray();
    }
}
