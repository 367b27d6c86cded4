package dev.finetune4j.engine.estimate;

/** What the formulas of {@link SpeedFormula} leave to measurement. */
enum SpeedCoefficient implements Coefficient {
    /** Share of the measured matmul rate that the matrices of a model reach. */
    EFFICIENCY(0.85, 0.12),
    /** What of it is left on Hopper and newer, whose tensor cores starve more easily. */
    HOPPER(0.85, 0.15),
    /** Share of the vendor's half-precision rate on Volta and Turing. */
    VOLTA(0.45, 0.25),
    /** Tokens of a micro-batch at which half the rate is reached. */
    HALF_RATE_TOKENS(250, 0.6),
    /** Memory traffic of everything but matrix products, against the fused minimum, in stock layers. */
    TRAFFIC_STOCK(5.5, 0.35),
    /** The same where kernels are fused. */
    TRAFFIC_FUSED(0.7, 0.5),
    /** Milliseconds that the host needs to launch a pass over a layer, in stock code. */
    LAUNCH_STOCK(2.5, 0.35),
    /** The same in tuned or compiled code. */
    LAUNCH_TUNED(0.4, 0.5),
    /** Passes over memory that unpacking weights takes. */
    UNPACKING(2.5, 0.6),
    /** Share of the communication that computing doesn't hide. */
    EXPOSED(0.5, 0.5),
    /** Gain of eight-bit products. */
    FP8(1.85, 0.15),
    /** Memory traffic of the optimizer's step, against its minimum. */
    STEP(1.0, 0.5),
    /** Time of attention's products against the rate of large matrices. */
    ATTENTION(1.8, 0.3);

    private final double centre;
    private final double deviation;

    SpeedCoefficient(double centre, double deviation) {
        this.centre = centre;
        this.deviation = deviation;
    }

    @Override
    public double centre() {
        return centre;
    }

    @Override
    public double deviation() {
        return deviation;
    }
}
