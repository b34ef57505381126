//! How the weights of a model are stored, told from its tensors and not from what the file
//! says of itself.

use super::file_type::FileType;
use super::header::Header;
use super::model::Model;
use super::tensor::Tensor;
use super::tensor_type::{Family, TensorType};

/// The tensors of one type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The type.
    pub tensor_type: &'static TensorType,
    /// How many tensors are of it.
    pub tensors: u64,
    /// How many weights they have.
    pub weights: u64,
    /// How many bytes they take.
    pub bytes: u64,
}

/// Which quantisations a model has, that of single vectors apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// None.
    Plain,
    /// Those of one family.
    Of(Family),
    /// Those of several families.
    Mixed,
}

impl Kind {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Plain => "not quantised",
            Kind::Of(family) => family.name(),
            Kind::Mixed => "mixed",
        }
    }
}

/// What `general.file_type` says, against the tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Most weights are of the type that it names.
    Agrees,
    /// Most weights are of this type.
    Differs(&'static TensorType),
    /// There is nothing to compare.
    Unknown,
}

/// How the weights are stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The types, those with the most bytes first.
    pub shares: Vec<Share>,
    /// All weights.
    pub weights: u64,
    /// All their bytes.
    pub bytes: u64,
    /// Which quantisations there are.
    pub kind: Kind,
    /// Whether `general.file_type` is right.
    pub agreement: Agreement,
    /// The quantisation that the model was made with: the one that `general.file_type`
    /// names, or else that of the largest blocks.
    pub aim: Option<&'static TensorType>,
    /// The tensors, by their places, that could not have it, since their rows do not divide
    /// by its blocks.
    pub fallbacks: Vec<usize>,
}

impl Summary {
    /// Looks at the tensors of a model, and what `header` says of them.
    pub fn of(header: &Header, tensors: &[&Tensor]) -> Summary {
        let mut shares: Vec<Share> = Vec::new();
        for tensor in tensors {
            let at = shares
                .iter()
                .position(|share| share.tensor_type == tensor.tensor_type);
            let at = at.unwrap_or_else(|| {
                shares.push(Share {
                    tensor_type: tensor.tensor_type,
                    tensors: 0,
                    weights: 0,
                    bytes: 0,
                });
                shares.len() - 1
            });
            let share = &mut shares[at];
            share.tensors += 1;
            share.weights = share.weights.saturating_add(tensor.weights);
            share.bytes = share.bytes.saturating_add(tensor.bytes);
        }
        shares.sort_by_key(|share| (std::cmp::Reverse(share.bytes), share.tensor_type.number));
        let has = |family: Family| {
            let mut families = shares.iter().map(|share| share.tensor_type.family);
            families.any(|own| own == family)
        };
        let quantised = [
            Family::Legacy,
            Family::KQuant,
            Family::IQuant,
            Family::Other,
        ];
        let mut quantised = quantised.into_iter().filter(|family| has(*family));
        let kind = match (quantised.next(), quantised.next()) {
            (None, _) => Kind::Plain,
            (Some(family), None) => Kind::Of(family),
            (Some(_), Some(_)) => Kind::Mixed,
        };
        let claimed = Model::new(header).file_type();
        let claimed = claimed.and_then(|(file_type, _)| file_type.tensor_type());
        let there = shares.iter().map(|share| share.tensor_type);
        let there = there.filter(|own| own.is_quantised());
        let aim = claimed
            .filter(|claimed| claimed.is_quantised())
            .or_else(|| there.rev().max_by_key(|own| own.weights));
        let is_fallback = |tensor: &Tensor| {
            let is_matrix = tensor.dimensions.len() > 1;
            let block = aim.map_or(1, |aim| aim.weights);
            is_matrix && tensor.tensor_type.weights < block && !tensor.row().is_multiple_of(block)
        };
        let places = 0..tensors.len();
        let fallbacks = places.filter(|place| is_fallback(tensors[*place]));
        Summary {
            agreement: agreement(Model::new(header).file_type(), &shares),
            weights: shares
                .iter()
                .fold(0, |sum, share| sum.saturating_add(share.weights)),
            bytes: shares
                .iter()
                .fold(0, |sum, share| sum.saturating_add(share.bytes)),
            shares,
            kind,
            aim,
            fallbacks: fallbacks.collect(),
        }
    }

    /// The bits that a weight takes, all weights together.
    pub fn bits(&self) -> Option<f64> {
        (self.weights > 0).then(|| self.bytes as f64 * 8.0 / self.weights as f64)
    }
}

fn agreement(file_type: Option<(&FileType, bool)>, shares: &[Share]) -> Agreement {
    let claimed = file_type.and_then(|(file_type, _)| file_type.tensor_type());
    let most = shares.iter().max_by_key(|share| share.weights);
    match (claimed, most) {
        (Some(claimed), Some(most)) if claimed == most.tensor_type => Agreement::Agrees,
        (Some(_), Some(most)) => Agreement::Differs(most.tensor_type),
        _ => Agreement::Unknown,
    }
}
