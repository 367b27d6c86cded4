package dev.finetune4j.training.model.encoder;

import dev.finetune4j.error.Location;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.encoder.EncoderTensors;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.weights.FlatLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * What a tuning method trains of an encoder.
 *
 * @param depth how far down: {@link #HEAD}, {@link #LAYERS} or {@link #ALL}, as {@code encoder.ts.py} knows them
 * @param name what the method is called in job files
 */
record EncoderMethod(int depth, String name) {
    /** The head alone. */
    static final int HEAD = 0;

    /** The head and adapters in the layers. */
    static final int LAYERS = 1;

    /** Every parameter. */
    static final int ALL = 2;

    /**
     * Looks at a method.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0475 if it is not one for encoders
     */
    static EncoderMethod of(TuningMethod method) {
        if (method instanceof HeadTuning) {
            return new EncoderMethod(HEAD, "head");
        }
        if (method instanceof FullTuning) {
            return new EncoderMethod(ALL, "full");
        }
        throw ModelProblems.METHOD
                .error("the method does not fit an encoder")
                .at(Location.ofKey("method"))
                .because("an encoder is trained whole, or at its head alone")
                .remedy("method: full")
                .remedy("method: head")
                .asException();
    }

    /** Where all that is trained lies. */
    FlatLayout layout(EncoderTensors tensors, int labels) {
        List<ExpectedTensor> trained = new ArrayList<>(depth == ALL ? tensors.body() : List.of());
        trained.addAll(tensors.head(labels));
        return FlatLayout.of(0, trained);
    }
}
