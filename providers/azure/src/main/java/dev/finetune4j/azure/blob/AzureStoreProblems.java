package dev.finetune4j.azure.blob;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** FT0961 to FT0969: files of jobs in Azure's blob storage. */
public final class AzureStoreProblems implements ProblemCatalogue {
    static final ProblemKind NO_CONTAINER = new ProblemKind(
            "FT0961",
            "there is no such container",
            ExitCode.INVALID,
            "Files of jobs go into a container of a storage account, which must be there. Nothing was stored.",
            "az storage container create --auth-mode login --account-name ACCOUNT --name NAME");

    /** To be tried again where a role was assigned a moment ago. */
    public static final ProblemKind DENIED = new ProblemKind(
            "FT0962",
            "the caller may not do that in the container",
            ExitCode.CREDENTIALS,
            "The credentials are good, and have no role that reads or writes blobs there. A role that was assigned a moment ago takes up to ten"
                    + " minutes until it is known everywhere, and a launch that may see that waits for five; to own an account alone does not suffice.",
            "az role assignment create --role \"Storage Blob Data Contributor\" --assignee ME --scope CONTAINER");

    static final ProblemKind UNREACHABLE = new ProblemKind(
            "FT0963",
            "blob storage does not answer",
            ExitCode.CAPACITY,
            "Blob storage did not answer, or with an error of its own, in all tries. The same command goes on where this one was.",
            "az storage account show --name ACCOUNT");

    static final ProblemKind NO_CREDENTIALS = new ProblemKind(
            "FT0964",
            "blob storage does not accept the credentials",
            ExitCode.CREDENTIALS,
            "No token could be had, or storage does not take it: it is of another tenant, expired, or signed by a clock that is off. By"
                    + " store-access: sas it is the datastore's signature, which ended, lets do less, or is of a key that was changed.",
            "az login");

    static final ProblemKind LOCAL = new ProblemKind(
            "FT0965",
            "a file of this machine cannot be read or written",
            ExitCode.INVALID,
            "Files that are to be stored could not be read, or such as are fetched could not be written.",
            "df -h");

    static final ProblemKind DAMAGED = new ProblemKind(
            "FT0966",
            "what was fetched is not what was stored",
            ExitCode.CAPACITY,
            "A file that is stored has its SHA-256 with it, or its MD5 where another program stored it. What came has another.",
            "run the same command again");

    static final ProblemKind BAD_NAME = new ProblemKind(
            "FT0967",
            "a blob's name cannot become a file",
            ExitCode.INVALID,
            "Names of blobs come from whoever could write to the container. One that would lead out of its folder is not fetched.",
            "az storage blob delete --auth-mode login --account-name ACCOUNT --container-name NAME --name BLOB");

    static final ProblemKind NO_FILES = new ProblemKind(
            "FT0968",
            "there are no such files in the store",
            ExitCode.INVALID,
            "Nothing lies in the container below the name that was asked for.",
            "az storage blob list --auth-mode login --account-name ACCOUNT --container-name NAME");

    static final ProblemKind NO_KEYS = new ProblemKind(
            "FT0969",
            "the store takes no signatures of its keys",
            ExitCode.CREDENTIALS,
            "By store-access: sas files are moved by a signature that the workspace's datastore gives, or that is made of the account's key. An"
                    + " account whose keys are off takes Entra tokens alone, and a datastore of such a one keeps neither.",
            "places.azure-ml.store-access: entra");

    /** That a store takes tokens only. */
    public static Problem.Builder withoutKeys(BlobAddress store, String reason) {
        return NO_KEYS.error("the account " + store.account() + " takes no signatures of its keys")
                .because(reason)
                .remedy(
                        "places.azure-ml.store-access: entra    # with a role at the container: finetune policy JOB --for caller");
    }

    @Override
    public List<ProblemKind> kinds() {
        return List.of(NO_CONTAINER, DENIED, UNREACHABLE, NO_CREDENTIALS, LOCAL, DAMAGED, BAD_NAME, NO_FILES, NO_KEYS);
    }
}
