package dev.finetune4j.method;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** What can be wrong with a method: FT0475, which a plan says by what is known of a model, and who loads it by its files. */
public final class MethodProblems implements ProblemCatalogue {
    /** Models of this kind do not have the method. */
    public static final ProblemKind METHOD =
            new ProblemKind("FT0475", "The method does not fit the model", ExitCode.INVALID, """
            method: head trains the classification head of an encoder such as BERT; a decoder has none, and answers with words. Decoders
            are tuned with lora, qlora, full, prompt-tuning or prefix-tuning, encoders with full, lora or head: qlora quantizes the
            weights of a decoder, and prompt-tuning and prefix-tuning teach vectors that it reads before the text, while an encoder is
            small enough to stay unquantized. A plan says so before the model is fetched.""", "method: lora");

    /** For ServiceLoader. */
    public MethodProblems() {}

    /** FT0475: only a head is to be trained, of a model that has none. */
    public static Problem headOfDecoder() {
        return METHOD.error("the model has no classification head to train")
                .at(Location.ofKey("method"))
                .because("it writes text; a head alone is trained of encoders, which tell labels apart")
                .remedy("method: lora")
                .remedy("finetune models    # method: head is for encoders")
                .build();
    }

    /**
     * FT0475: an encoder is to be trained in a way that only decoders are.
     *
     * @param method the way
     */
    public static Problem methodOfDecoders(TuningMethod method) {
        return METHOD.error("the model is an encoder, which is not trained by " + method.kind())
                .at(Location.ofKey("method"))
                .because("an encoder is trained whole, at its head alone, or at its head and by adapters")
                .remedy("method: lora")
                .remedy("method: full")
                .remedy("method: head")
                .build();
    }

    @Override
    public List<ProblemKind> kinds() {
        return List.of(METHOD);
    }
}
