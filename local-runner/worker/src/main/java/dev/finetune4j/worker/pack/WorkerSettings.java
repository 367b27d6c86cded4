package dev.finetune4j.worker.pack;

import dev.finetune4j.training.model.TorchEnvironment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a worker that was unpacked is started with so that it runs on an image's torch.
 *
 * @param root where it was unpacked
 * @param torch the image's torch
 */
public record WorkerSettings(Path root, ImageTorch torch) {
    /** Options of Java. */
    public List<String> options() {
        List<String> options = new ArrayList<>();
        options.add(NativeParts.jnaOption(root));
        torch.cudaRuntime().ifPresent(folder -> options.add("-Djna.library.path=" + folder));
        options.add("-D" + TorchEnvironment.VERSION_PROPERTY + "=" + torch.version());
        return options;
    }

    /** Variables of its environment. */
    public Map<String, String> variables() {
        return new NativeParts(WorkerSettings.class.getClassLoader()).variables(root, torch.libraries());
    }
}
