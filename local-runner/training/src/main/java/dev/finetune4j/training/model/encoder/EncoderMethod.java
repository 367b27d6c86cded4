package dev.finetune4j.training.model.encoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.MethodProblems;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.adapter.LoraLayout;
import dev.finetune4j.training.model.weights.FlatLayout;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a tuning method trains of an encoder.
 *
 * @param depth how far down: {@link #HEAD}, {@link #LAYERS} or {@link #ALL}, as {@code encoder.ts.py} knows them
 * @param name tells the method from others
 * @param adapters where adapters lie at the front of the flat vector; none unless the method has them
 * @param places where all that is trained lies
 */
record EncoderMethod(int depth, String name, LoraLayout adapters, FlatLayout places) {
    /** The head alone. */
    static final int HEAD = 0;

    /** The head and adapters in the layers. */
    static final int LAYERS = 1;

    /** Every parameter. */
    static final int ALL = 2;

    /**
     * Looks at a method.
     *
     * @throws FineTuneException with FT0475 if it is not one for encoders, with FT0472 if modules or layers that it names are not there
     */
    static EncoderMethod of(TuningMethod method, EncoderShape shape) {
        List<ExpectedTensor> head = shape.tensors().head(shape.labels().size());
        if (method instanceof HeadTuning) {
            return new EncoderMethod(HEAD, "head", shape.withoutAdapters(), FlatLayout.of(0, head));
        }
        if (method instanceof FullTuning) {
            List<ExpectedTensor> all = Stream.concat(shape.tensors().body().stream(), head.stream())
                    .toList();
            return new EncoderMethod(ALL, "full", shape.withoutAdapters(), FlatLayout.of(0, all));
        }
        if (method instanceof LoraTuning lora) {
            refuseOtherModules(lora);
            LoraLayout adapters = shape.adapters(lora);
            return new EncoderMethod(
                    LAYERS, "lora " + adapters.identity(lora), adapters, FlatLayout.of(adapters.length(), head));
        }
        throw MethodProblems.methodOfDecoders(method).asException();
    }

    private static void refuseOtherModules(LoraTuning lora) {
        List<Problem> problems = lora.trainedModules().stream()
                .map(module -> ModelProblems.TARGET_MODULE
                        .error("an encoder trains no module " + module + " beside its adapters")
                        .at(Location.ofKey("method.trained-modules"))
                        .because("its head is always trained with them, and nothing else")
                        .remedy("method.trained-modules: []")
                        .build())
                .toList();
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
    }

    /** Elements of the model itself that are trained. */
    long trainedOfModel() {
        return places.length() - adapters.length();
    }
}
