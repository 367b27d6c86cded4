package dev.finetune4j.modelfiles.weights;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Refuses weights that only code execution can read, and says how to convert them. */
final class PickleRefusal {
    private static final Set<String> EXTENSIONS = Set.of("bin", "pt", "pth", "ckpt", "pkl", "pickle");

    private static final int PICKLE_PROTOCOL_OPCODE = 0x80;

    private PickleRefusal() {}

    /**
     * Passes everything that is no pickle by name or by its first bytes.
     *
     * @throws FineTuneException with FT0403 if it is one
     */
    static void check(Path file) {
        if (isPickle(file)) {
            throw refuse(file);
        }
    }

    /** Whether the name says that the file is a pickle. */
    static boolean hasPickleName(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    /** The refusal of a file. */
    static FineTuneException refuse(Path file) {
        String target = file.getFileName().toString().replaceFirst("\\.[^.]*$", "") + ".safetensors";
        return ModelFilesProblems.PICKLE_REFUSED
                .error(file.getFileName() + " is a pickle, which can run code when it is read")
                .at(Location.of(file.toString()))
                .remedy("python -c \"import torch; from safetensors.torch import save_file; "
                        + "w = torch.load('" + file.getFileName() + "', map_location='cpu', weights_only=True); "
                        + "w = w.get('state_dict', w); "
                        + "save_file({k: v.clone().contiguous() for k, v in w.items()}, '" + target
                        + "', metadata={'format': 'pt'})\"")
                .remedy("use a revision of the model that has .safetensors files")
                .asException();
    }

    private static boolean isPickle(Path file) {
        if (hasPickleName(file)) {
            return true;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(4);
            boolean barePickle =
                    start.length >= 2 && (start[0] & 0xff) == PICKLE_PROTOCOL_OPCODE && start[1] <= 5 && start[1] >= 2;
            boolean zip = start.length == 4 && start[0] == 'P' && start[1] == 'K' && start[2] == 3 && start[3] == 4;
            // A safetensors header of exactly that length would look the same; its ninth byte is a brace.
            return zip || (barePickle && !startsJson(file));
        } catch (IOException e) {
            throw WeightChannel.unreadable(file, e);
        }
    }

    private static boolean startsJson(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(9);
            return start.length == 9 && start[8] == '{';
        }
    }
}
