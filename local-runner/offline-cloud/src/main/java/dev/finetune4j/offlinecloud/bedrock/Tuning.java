package dev.finetune4j.offlinecloud.bedrock;

import dev.finetune4j.offlinecloud.learner.AnswerCounter;
import dev.finetune4j.offlinecloud.learner.BigramLearner;
import dev.finetune4j.offlinecloud.learner.Exchange;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a job does: reads its data, learns from them, and leaves its figures in the store. */
final class Tuning {
    private final CustomizationRequest request;
    private final ObjectStore store;
    private final List<Exchange> training;
    private final List<String> validation;

    private Tuning(CustomizationRequest request, ObjectStore store, List<Exchange> training, List<String> validation) {
        this.request = request;
        this.store = store;
        this.training = training;
        this.validation = validation;
    }

    /**
     * What came of it.
     *
     * @param trainingLoss of the last step, in nats
     * @param validationLoss at the end; empty where nothing was given to compare with
     * @param model what answers once it is hosted
     */
    record Result(double trainingLoss, Optional<Double> validationLoss, AnswerCounter model) {}

    /**
     * Reads the data of a job.
     *
     * @throws DataRefusal if the job fails by them
     */
    static Tuning begin(CustomizationRequest request, ObjectStore store) throws DataRefusal {
        List<Exchange> training = read(request, store, request.trainingUri(), true);
        List<Exchange> validation = request.validationUri().isPresent()
                ? read(request, store, request.validationUri().get(), false)
                : List.of();
        return new Tuning(request, store, training, answers(validation));
    }

    private static List<String> answers(List<Exchange> exchanges) {
        return exchanges.stream().map(Exchange::answer).toList();
    }

    private static List<Exchange> read(CustomizationRequest request, ObjectStore store, String uri, boolean isTraining)
            throws DataRefusal {
        String name = uri.substring(uri.lastIndexOf('/') + 1);
        String key = uri.replaceFirst("s3://[^/]+/?", "");
        try {
            Path folder = Files.createTempDirectory("offline-bedrock");
            try {
                store.download(uri, folder);
                Path file = folder.resolve(name);
                if (name.isEmpty() || !Files.isRegularFile(file)) {
                    throw new IOException("there is no object " + uri);
                }
                return new DataFile(request.base(), key, isTraining).exchanges(file);
            } finally {
                remove(folder);
            }
        } catch (IOException e) {
            throw new DataRefusal("Unable to access the " + (isTraining ? "training" : "validation") + " data at " + uri
                    + ". Make sure that the object exists and that the service role may read it.");
        }
    }

    /**
     * Learns, and writes its figures below the job's folder.
     *
     * @param folder {@code model-customization-job-ID}
     * @throws IOException if the store does not take them
     */
    Result finish(String folder) throws IOException {
        BigramLearner learner = new BigramLearner();
        AnswerCounter model = new AnswerCounter();
        request.continued().flatMap(from -> from.job().result()).ifPresent(from -> {
            model.goOnFrom(from.model());
            learner.learn(from.model().answers());
        });
        model.learn(training);
        StringBuilder steps = new StringBuilder("step_number,epoch_number,training_loss,perplexity\n");
        double loss = 0;
        int step = 0;
        for (int epoch = 0; epoch < request.epochs(); epoch++) {
            for (int from = 0; from < training.size(); from += request.batchSize()) {
                List<String> batch =
                        answers(training.subList(from, Math.min(training.size(), from + request.batchSize())));
                loss = learner.loss(batch);
                learner.learn(batch);
                steps.append(line(step++, epoch, loss));
            }
        }
        upload(folder + "/training_artifacts/step_wise_training_metrics.csv", steps.toString());
        if (validation.isEmpty()) {
            return new Result(loss, Optional.empty(), model);
        }
        double validationLoss = learner.loss(validation);
        upload(
                folder + "/validation_artifacts/post_fine_tuning_validation/validation_metrics.csv",
                "step_number,epoch_number,validation_loss,perplexity\n"
                        + line(step - 1, request.epochs() - 1, validationLoss));
        return new Result(loss, Optional.of(validationLoss), model);
    }

    private static String line(int step, int epoch, double loss) {
        return String.format(Locale.ROOT, "%d,%d,%.6f,%.6f%n", step, epoch, loss, Math.exp(loss));
    }

    private void upload(String key, String text) throws IOException {
        Path file = Files.createTempFile("offline-bedrock", ".csv");
        try {
            Files.writeString(file, text, StandardCharsets.UTF_8);
            store.upload(file, request.outputUri() + "/" + key);
        } finally {
            Files.delete(file);
        }
    }

    private static void remove(Path folder) throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(all::add);
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
