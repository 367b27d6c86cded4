package dev.finetune4j.training.model.decoder;

import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;

/** Gives the weights of a decoder their memory; two rooms of the same kind that are asked for the same give it in the same order. */
interface WeightRoom {
    /** Room for a matrix. */
    Value matrix(long rows, long columns);

    /** Room for the matrix of a projection. */
    default Value projection(long rows, long columns) {
        return matrix(rows, columns);
    }

    /** Room for a bias; [0] where there is none. */
    Value bias(long length);

    /** Room for the weights of a norm; [0] where there is none. */
    Value norm(long length);

    /**
     * A tensor of its own for each.
     *
     * @param torchType the number format
     * @param normType the number format of norms
     */
    static WeightRoom apart(TorchScript script, int torchType, int normType) {
        return new WeightRoom() {
            @Override
            public Value matrix(long rows, long columns) {
                return script.call("empty", rows, columns, torchType);
            }

            @Override
            public Value bias(long length) {
                return script.call("vector", length, torchType);
            }

            @Override
            public Value norm(long length) {
                return script.call("vector", length, normType);
            }
        };
    }

    /**
     * A tensor of its own for each, but projections, of which each is unpacked into the same room.
     *
     * @param plain gives all others
     * @param room the largest projection fits it
     */
    static WeightRoom sharing(TorchScript script, WeightRoom plain, Value room) {
        return new WeightRoom() {
            @Override
            public Value matrix(long rows, long columns) {
                return plain.matrix(rows, columns);
            }

            @Override
            public Value projection(long rows, long columns) {
                return script.call("matrix_of", room, 0, rows, columns);
            }

            @Override
            public Value bias(long length) {
                return plain.bias(length);
            }

            @Override
            public Value norm(long length) {
                return plain.norm(length);
            }
        };
    }

    /**
     * Views of one long vector: matrices from the front, norms and biases behind them.
     *
     * @param vector matrices and biases
     * @param norms the vector that norms are views of, the same or one of another number format
     * @param matrices elements of all matrices
     */
    static WeightRoom within(TorchScript script, Value vector, Value norms, long matrices) {
        return new WeightRoom() {
            private long nextMatrix;
            private long nextVector = matrices;

            @Override
            public Value matrix(long rows, long columns) {
                Value view = script.call("matrix_of", vector, nextMatrix, rows, columns);
                nextMatrix += rows * columns;
                return view;
            }

            @Override
            public Value bias(long length) {
                return next(vector, length);
            }

            @Override
            public Value norm(long length) {
                return next(norms, length);
            }

            private Value next(Value from, long length) {
                Value view = script.call("vector_of", from, nextVector, length);
                nextVector += length;
                return view;
            }
        };
    }
}
