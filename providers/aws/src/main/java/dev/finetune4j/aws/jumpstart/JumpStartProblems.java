package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** FT0911 to FT0929: models of JumpStart's hub. What happens to jobs is told as of SageMaker's, which they are. */
public final class JumpStartProblems implements ProblemCatalogue {
    static final ProblemKind BAD_SETTING = new ProblemKind(
            "FT0911",
            "a setting of JumpStart is not one that it takes",
            ExitCode.INVALID,
            "JumpStart holds each setting of a job to a form: a role is a whole ARN, a store is an S3 address, a machine is one that SageMaker"
                    + " trains on. What it would refuse is told before anything is sent.",
            "set places.jumpstart.role, store, region and model");

    static final ProblemKind CONTRADICTION = new ProblemKind(
            "FT0912",
            "settings of JumpStart do not go together",
            ExitCode.INVALID,
            "Some settings exclude or need each other: subnets come with security groups, rows are either for an instruction or for a chat.",
            "leave one of the two settings out");

    static final ProblemKind NO_SUCH_MODEL = new ProblemKind(
            "FT0913",
            "the hub has no such model",
            ExitCode.INVALID,
            "JumpStart tunes the models of SageMaker's public hub, by their ids there. They differ from the names that the models have"
                    + " elsewhere, and not each region has each model.",
            "aws sagemaker list-hub-contents --hub-name SageMakerPublicHub --hub-content-type Model");

    static final ProblemKind NOT_TUNABLE = new ProblemKind(
            "FT0914",
            "the hub does not tune this model",
            ExitCode.INVALID,
            "The hub has models that can only be hosted: their documents say that training is not supported.",
            "set places.jumpstart.model to a model that can be tuned");

    static final ProblemKind LICENCE = new ProblemKind(
            "FT0915",
            "the model's licence is not accepted",
            ExitCode.INVALID,
            "The files of this model can be had by whoever accepts its end-user licence agreement. Nobody but a person can do that, so that"
                    + " the job file must say so; nothing accepts it otherwise.",
            "read the agreement, then set places.jumpstart.accept-eula: true");

    static final ProblemKind OTHER_MACHINE = new ProblemKind(
            "FT0916",
            "the model is not tuned on this machine",
            ExitCode.INVALID,
            "The document of a model lists the machines that its script is made for. On others it would fail, or not fit.",
            "set places.jumpstart.machine to one of the document's");

    static final ProblemKind NO_HUB = new ProblemKind(
            "FT0917",
            "there is no JumpStart in the region",
            ExitCode.INVALID,
            "Not each region of Amazon's has a hub, and the buckets with its models.",
            "places.jumpstart.region: us-east-1");

    static final ProblemKind DOCUMENT = new ProblemKind(
            "FT0918",
            "a document of the hub is not understood",
            ExitCode.INVALID,
            "The hub describes each model by a document, which names image, script and files of a training. This one lacks some of them, or has"
                    + " another form than those that are known.",
            "set places.jumpstart.version to an earlier version");

    static final ProblemKind HYPER_PARAMETER = new ProblemKind(
            "FT0919",
            "a hyperparameter is not one that the model takes",
            ExitCode.INVALID,
            "The document of a model lists its hyperparameters, each with its type, its least and its largest value, or all that it may be.",
            "leave the setting out, for the model's own default");

    static final ProblemKind NO_COUNTERPART = new ProblemKind(
            "FT0920",
            "the model's script has no such setting",
            ExitCode.INVALID,
            "The scripts of the hub know some of what a job can say of its training. What has no counterpart has no effect; where it would make"
                    + " another kind of model, the job is refused.",
            "leave the setting out");

    static final ProblemKind ROW = new ProblemKind(
            "FT0921",
            "a row is not one that the model's script takes",
            ExitCode.INVALID,
            "The scripts of the hub read rows in one of three layouts: instructions with a template, dialogs of user and assistant in turns, or"
                    + " plain text. A row of another form would fail the job minutes after its launch.",
            "finetune check JOB");

    static final ProblemKind UNABLE = new ProblemKind(
            "FT0922",
            "JumpStart cannot do that",
            ExitCode.INVALID,
            "JumpStart trains by the hub's own scripts and does nothing else: it runs no worker of ours, compares nothing, and begins anew"
                    + " where it was stopped.",
            "targets: [sagemaker]");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                BAD_SETTING,
                CONTRADICTION,
                NO_SUCH_MODEL,
                NOT_TUNABLE,
                LICENCE,
                OTHER_MACHINE,
                NO_HUB,
                DOCUMENT,
                HYPER_PARAMETER,
                NO_COUNTERPART,
                ROW,
                UNABLE);
    }
}
