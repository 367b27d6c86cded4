package dev.finetune4j.aws.s3;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;
import java.util.Set;

/** FT0860 to FT0879: files in S3. */
public final class AwsStoreProblems implements ProblemCatalogue {
    static final ProblemKind BAD_ADDRESS = new ProblemKind(
            "FT0860",
            "an address in S3 is not one",
            ExitCode.INVALID,
            "Files of a job lie below one address in S3: s3://, the name of a bucket, and a prefix of names below it.",
            "store: s3://my-bucket/finetune4j");

    static final ProblemKind NO_BUCKET = new ProblemKind(
            "FT0861",
            "there is no such bucket",
            ExitCode.INVALID,
            "S3 knows no bucket of this name, in any account. Buckets are not made by the way: one that is missing is usually misspelt.",
            "aws s3api list-buckets");

    static final ProblemKind WRONG_REGION = new ProblemKind(
            "FT0862",
            "the bucket lies in another region",
            ExitCode.INVALID,
            "A training job reads and writes buckets of its own region only. The bucket lies in another one than the job is to run in.",
            "aws s3api get-bucket-location --bucket NAME");

    static final ProblemKind FOREIGN_BUCKET = new ProblemKind(
            "FT0863",
            "the bucket belongs to another account",
            ExitCode.INVALID,
            "Names of buckets are the same for all accounts. The one that is named is not the account's own, so that what is put there"
                    + " would be somebody else's to read. Nothing was put there.",
            "aws s3api list-buckets");

    static final ProblemKind DENIED = new ProblemKind(
            "FT0864",
            "the caller may not do that in the bucket",
            ExitCode.CREDENTIALS,
            "The credentials are good, but no policy allows this call, or one forbids it: the caller's own, the bucket's, or that of the"
                    + " key that the bucket is encrypted with. Staging takes s3:ListBucket on the bucket, s3:GetObject, s3:PutObject and"
                    + " s3:AbortMultipartUpload on what is in it.",
            "finetune policy JOB --for caller");

    static final ProblemKind NO_CREDENTIALS = new ProblemKind(
            "FT0865",
            "S3 does not let the caller in",
            ExitCode.CREDENTIALS,
            "No credentials were found in the environment, a profile or the machine, or S3 refuses those that were: they have expired, are"
                    + " unknown, or this machine's clock is wrong. What has been moved so far stays; the same call goes on from there.",
            "aws sts get-caller-identity");

    static final ProblemKind UNREACHABLE = new ProblemKind(
            "FT0866",
            "S3 does not answer",
            ExitCode.CAPACITY,
            "S3 did not answer, answered with an error of its own, or asked to come less often, in all tries. What has been moved so far"
                    + " stays; the same call goes on from there.",
            "aws s3api list-buckets");

    static final ProblemKind INTERRUPTED = new ProblemKind(
            "FT0867",
            "moving files was interrupted",
            ExitCode.INTERRUPTED,
            "The thread that moved files was told to end. What has been moved so far stays; the same call goes on from there.",
            "run the same command again: it goes on where it was");

    static final ProblemKind DISK_FULL = new ProblemKind(
            "FT0868",
            "the disk has no room for what is to be fetched",
            ExitCode.INVALID,
            "Files are fetched next to where they will be, under a name of their own, and are put in place when they are whole. The disk has"
                    + " not enough room for them. Whatever was fetched stays; the same call goes on from there.",
            "df -h");

    static final ProblemKind CHANGED = new ProblemKind(
            "FT0869",
            "a file was changed while it was staged",
            ExitCode.INVALID,
            "Files are staged by what is in them: each is read once to know that, and again to be sent. Between the two, somebody wrote to"
                    + " this one. Nothing was stored under the name of what it was.",
            "wait until nobody writes to the file, then run the same command again");

    static final ProblemKind OTHER_CONTENT = new ProblemKind(
            "FT0870",
            "what is staged is not what its name says",
            ExitCode.INVALID,
            "What is staged lies under the digest of its content, and is never written again. What lies there has another content: somebody"
                    + " wrote to it by other means.",
            "aws s3 rm --recursive s3://BUCKET/PREFIX/");

    static final ProblemKind BAD_NAME = new ProblemKind(
            "FT0871",
            "an object's name is no name for a file",
            ExitCode.INVALID,
            "Objects in S3 may be called anything. One of those that are to be fetched is called so that its file would lie outside of the"
                    + " folder, in the place of another one, or nowhere. Nothing was fetched.",
            "aws s3 ls --recursive s3://BUCKET/PREFIX/");

    static final ProblemKind REPLACED = new ProblemKind(
            "FT0872",
            "an object was replaced while it was fetched",
            ExitCode.CAPACITY,
            "The object that was being fetched was written anew, or removed, before all of it was here. A file is fetched in whole or not at"
                    + " all.",
            "run the same command again");

    static final ProblemKind LOCAL_FILES = new ProblemKind(
            "FT0873",
            "files on this machine cannot be read or written",
            ExitCode.INVALID,
            "A file or folder that is to be staged is not there or cannot be read, or one that is to be fetched cannot be written.",
            "ls -l PATH");

    static final ProblemKind REFUSED = new ProblemKind(
            "FT0874",
            "S3 refuses a call",
            ExitCode.INVALID,
            "S3 has a reason of its own against a call, which it tells. What was stored before stays as it was.",
            "aws s3 ls s3://BUCKET/PREFIX/");

    static final ProblemKind NO_OBJECTS = new ProblemKind(
            "FT0875",
            "there is nothing to fetch",
            ExitCode.INVALID,
            "No object has a name that begins like this. Nothing was put there, or it was removed.",
            "aws s3 ls --recursive s3://BUCKET/PREFIX/");

    static final ProblemKind DAMAGED = new ProblemKind(
            "FT0876",
            "what was fetched is not what was stored",
            ExitCode.CAPACITY,
            "The checksum of a file that was fetched is another one than S3 keeps with the object. It was damaged on the way or on this"
                    + " machine's disk, and was thrown away.",
            "run the same command again; if that does not help, look at this machine's disk and memory");

    /** What is wrong with a bucket, whoever asks. */
    static final Set<ProblemKind> OF_BUCKET = Set.of(NO_BUCKET, WRONG_REGION, FOREIGN_BUCKET);

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                BAD_ADDRESS,
                NO_BUCKET,
                WRONG_REGION,
                FOREIGN_BUCKET,
                DENIED,
                NO_CREDENTIALS,
                UNREACHABLE,
                INTERRUPTED,
                DISK_FULL,
                CHANGED,
                OTHER_CONTENT,
                BAD_NAME,
                REPLACED,
                LOCAL_FILES,
                REFUSED,
                NO_OBJECTS,
                DAMAGED);
    }
}
