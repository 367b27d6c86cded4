// What Azurite lacks of the service, loaded before it. Whoever started it is asked on the standard output, and answers on the standard input.
const path = require("path");
const readline = require("readline");

const part = (name) => require(path.join(path.dirname(process.argv[1]), name)).default;

// Storage accounts are made while it runs, and it reads a list of its own once: to it every name is an account, with the key of the usual one. What
// was not made has no containers.
const Accounts = part("../common/AccountDataStore");
const listed = Accounts.prototype.getAccount;
Accounts.prototype.getAccount = function (name) {
  return listed.call(this, name) ?? { ...listed.call(this, "devstoreaccount1"), name };
};

// Whoever comes with a token needs a role for what he does, and it asks for none.
const Tokens = part("authentication/BlobTokenAuthenticator");
const Context = part("context/BlobStorageContext");
const Errors = part("errors/StorageErrorFactory");
const Operation = part("generated/artifacts/operation");
const waiting = new Map();
let asked = 0;

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [id, answer] = line.split(" ");
  waiting.get(id)(answer === "true");
  waiting.delete(id);
});

const validate = Tokens.prototype.validate;
Tokens.prototype.validate = async function (request, context) {
  const isTaken = await validate.call(this, request, context);
  if (isTaken) {
    const { operation, account, container, contextId } = new Context(context);
    const id = String(++asked);
    const mayDo = await new Promise((answered) => {
      waiting.set(id, answered);
      process.stdout.write(`may ${id} ${Operation[operation]} ${account} ${container ?? "-"}\n`);
    });
    if (!mayDo) {
      throw Errors.getAuthorizationPermissionMismatch(contextId);
    }
  }
  return isTaken;
};
