package dev.finetune4j.offlinecloud.player;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** What a cloud that is to be played may miss on this machine. */
public final class PlayerProblems implements ProblemCatalogue {
    static final ProblemKind NO_AZURITE = new ProblemKind(
            "FT0011",
            "the offline Azure has no store",
            ExitCode.USAGE,
            "Blob storage of the offline Azure is Microsoft's Azurite, a program for Node.js 20 or newer, which npm fetches the first time"
                    + " that it is needed. It is kept in FINETUNE_HOME/cache/azurite; without a network it can be copied there from"
                    + " another machine.",
            "install Node.js 20 with npm, as by \"apt-get install nodejs npm\"");

    /** For ServiceLoader. */
    public PlayerProblems() {}

    @Override
    public List<ProblemKind> kinds() {
        return List.of(NO_AZURITE);
    }
}
