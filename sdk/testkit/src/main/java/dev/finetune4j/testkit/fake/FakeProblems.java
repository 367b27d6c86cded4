package dev.finetune4j.testkit.fake;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemKind;

/** What the fake place reports. Not in any catalogue: no user ever meets it. */
final class FakeProblems {
    static final ProblemKind UNREACHABLE = kind("FT0590", "the fake place cannot be reached", ExitCode.CAPACITY);
    static final ProblemKind OTHER_DIGEST = kind("FT0591", "the name is taken by another job", ExitCode.INVALID);
    static final ProblemKind NO_SUCH_JOB = kind("FT0592", "there is no such job", ExitCode.INVALID);
    static final ProblemKind NOT_SUPPORTED = kind("FT0593", "the fake place cannot do this", ExitCode.INVALID);
    static final ProblemKind WRONG_STATE = kind("FT0594", "the job is in another state", ExitCode.INVALID);
    static final ProblemKind TRAINING_FAILED = kind("FT0595", "training failed by script", ExitCode.TRAINING_FAILED);
    static final ProblemKind ROW_TOO_LONG = kind("FT0596", "a row is too long for the fake place", ExitCode.INVALID);

    static final ProblemKind NO_MACHINE = kind("FT0597", "the fake place has no such machine", ExitCode.CAPACITY);

    static final ProblemKind NOT_COMPARED = kind("FT0588", "the fake place keeps the tuned model", ExitCode.OK);

    static final ProblemKind QUOTA =
            kind("FT0589", "the fake place lets the account have no machine", ExitCode.CAPACITY);

    static final ProblemKind UNFIT_MACHINE =
            kind("FT0598", "the fake place runs no such job on this machine", ExitCode.INVALID);

    static final ProblemKind REFUSED =
            kind("FT0599", "the fake place does not let the caller in", ExitCode.CREDENTIALS);

    private FakeProblems() {}

    private static ProblemKind kind(String code, String title, ExitCode exitCode) {
        return new ProblemKind(code, title, exitCode, "Part of a test: " + title + ".", "change the test's script");
    }
}
