// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <utility>

#include "data/FileTree.h"
#include "data/TableFacts.h"

namespace sightline {

/// What was found out about a tree, so that it is found out once.
struct KnownOfTree {
    std::unique_ptr<const FileIndex> index;                                ///< null until somebody asks
    std::map<std::pair<std::string, std::string>, TableFacts> tables = {}; ///< by table and preferred folder
};

/// What a reader is given: the files, what a person chose, and how to stop.
struct ReadRequest {
    FileTreePtr tree;
    DataSettings settings;
    std::string table; ///< the table that was opened itself, relative to the tree; empty: find one
    std::stop_token stop;
    Progress progress;
    std::shared_ptr<KnownOfTree> known = std::make_shared<KnownOfTree>(); ///< copies share it
};

/// The tree's images, listed on first use.
const FileIndex& indexOf(const ReadRequest& request);

// Readers. Each says by names whether it fits, then fills classes, samples, problems and the source; openDataset() does
// the rest. Foreign bytes: sizes are checked before they are believed.

/// Class folders, with or without train / val / test above them or in each (FolderLayout.h; CLI.md, Data folders).
Result<Dataset> readFolders(const ReadRequest& request);

/// train/<wnid>/images, val/val_annotations.txt, wnids.txt, words.txt; test/images has no labels (Le and Yang 2015).
bool looksLikeTinyImagenet(const ReadRequest& request);
Result<Dataset> readTinyImagenet(const ReadRequest& request);

/// CIFAR-10 and CIFAR-100, binary version: data_batch_1.bin ... test_batch.bin with batches.meta.txt, or train.bin and
/// test.bin with fine_label_names.txt (Krizhevsky 2009).
bool looksLikeCifar10(const ReadRequest& request);
bool looksLikeCifar100(const ReadRequest& request);
Result<Dataset> readCifar10(const ReadRequest& request);
Result<Dataset> readCifar100(const ReadRequest& request);

/// MNIST's IDX files, plain or gzipped: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-... (LeCun 1998).
bool looksLikeIdx(const ReadRequest& request);
Result<Dataset> readIdx(const ReadRequest& request);
/// A name that MNIST's files have, so that one of them stands for its folder.
bool isIdxName(const std::string& name);

/// A table of images: a .csv or .tsv file, or a folder with one and no class folders. The columns of paths and labels
/// are chosen by `data.table`, or go by their headings, or by which cells are files; a column named split parts train,
/// val and test.
bool looksLikeTable(const ReadRequest& request);
Result<Dataset> readTable(const ReadRequest& request);
bool isTableName(const std::string& name);

/// COCO's annotation files (annotations/instances_*.json, or _annotations.coco.json beside the images of each split;
/// Lin et al. 2014), image by image: the category of most objects is the class.
bool looksLikeCoco(const ReadRequest& request);
Result<Dataset> readCoco(const ReadRequest& request);

/// Pascal VOC's layout: Annotations/*.xml with JPEGImages, split by ImageSets/Main/{train,val,test}.txt where there are
/// such lists (Everingham et al. 2010). The class of most objects is the image's.
bool looksLikePascalVoc(const ReadRequest& request);
Result<Dataset> readPascalVoc(const ReadRequest& request);

/// Images whose names tell their class: cat.0.jpg, dog_12.png, or whatever `data.pattern` says; in one folder, or in
/// train / val / test.
bool looksFlat(const ReadRequest& request);
Result<Dataset> readFlat(const ReadRequest& request);

/// Puts samples in order (split, class, path).
void sortSamples(Dataset& dataset);
/// "00042": records have numbers for names.
std::string recordName(std::size_t number);

} // namespace sightline
