package dev.finetune4j.azure.ml;

import dev.finetune4j.error.Problem;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a job that the service took never came to its worker: in words that the service changes now and then, of which only what matters is looked
 * for.
 */
final class NeverRan {
    private static final Pattern NO_IMAGE = Pattern.compile(
            "\\bpull\\w* .*\\bimage|\\bimage\\b.*\\b(pull|build|not (be )?found|not exist)|\\bdocker (pull|build|image|registry)|manifest unknown",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern FORBIDDEN = Pattern.compile(
            "AuthorizationPermissionMismatch|AuthorizationFailed|not (authorized|allowed|permitted)|(not|no) have .*(permission|access)"
                    + "|\\b403\\b|forbidden|access ?denied",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern NO_IDENTITY = Pattern.compile(
            "managed ?identity|user.?assigned|\\bidentity ('?[\\w-]+'? )?(is|was|does|not|has|could|can|with|of)\\b",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern NO_INPUT = Pattern.compile(
            "(input|blob|path|uri|file|folder|container|data)\\b.*(does not exist|not (be )?found|no such)|BlobNotFound|StreamAccess",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern PATH =
            Pattern.compile("/subscriptions/[^/]+/resourceGroups/([^/]+)/.*/workspaces/([^/]+)/.*");

    private NeverRan() {}

    /** The problem of a job, with the one thing that mends it or shows more. */
    static Problem told(AzureJob job, String code, String reason) {
        String all = code + " " + reason;
        Problem.Builder problem;
        if (NO_IMAGE.matcher(all).find()) {
            problem = AzureMlProblems.JOB_FAILED
                    .error("Azure ML could not pull the image of " + job.name())
                    .remedy(show(job) + " --query environment");
        } else if (FORBIDDEN.matcher(all).find()) {
            problem = AzureMlProblems.JOB_FAILED
                    .error("the identity of " + job.name() + " may not do what the job takes")
                    .remedy("finetune policy JOB --for job");
        } else if (NO_IDENTITY.matcher(all).find()) {
            problem = AzureMlProblems.JOB_FAILED
                    .error("Azure ML cannot let " + job.name() + " act as its identity")
                    .remedy("az identity list --query '[].clientId'");
        } else if (NO_INPUT.matcher(all).find()) {
            problem = AzureMlProblems.JOB_FAILED
                    .error("Azure ML finds no input of " + job.name())
                    .remedy("finetune launch JOB --again");
        } else {
            problem = AzureMlProblems.JOB_FAILED
                    .error("Azure ML could not run " + job.name())
                    .remedy(show(job));
        }
        return problem.because(reason).build();
    }

    private static String show(AzureJob job) {
        Matcher path = PATH.matcher(job.reference());
        return "az ml job show --name " + job.name()
                + (path.matches() ? " --resource-group " + path.group(1) + " --workspace-name " + path.group(2) : "");
    }
}
