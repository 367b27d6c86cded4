# The lengths of the rows of an adapted weight, trained apart from their directions (DoRA, Liu et al. 2024,
# https://arxiv.org/abs/2402.09353):
#   W' = m V / ||V||   with   V = W + s B A,   so that   y = g * (x V^T) + bias   with   g = m / ||V||
# ||V||, the length of each row, is a constant to the gradient (section 4.3 of the paper). It changes only when the factors do, and is
# taken then. O outputs of a linear layer, of which M are adapted.

class Magnitude(NamedTuple):
  m : Tensor               # [M] float32, those of the adapted parts end to end
  grad : Tensor            # [M] float32
  norm : Tensor            # [O] float32, ||V||
  gain : Tensor            # [O] float32, g; 1 for outputs without an adapter
